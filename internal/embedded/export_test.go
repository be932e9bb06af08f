package embedded

// OnPipe runs the engine as where there are no pseudo-terminals.
func (c EngineConfig) OnPipe() EngineConfig {
	c.onPipe = true
	return c
}

// Behind is the engine's own addresses, not the proxy's.
func (e *Engine) Behind() (native, http string) {
	c, _, _ := e.current()
	return c.probe.Native, c.probe.HTTP
}

var FindLibraryFor = findLibrary

// Running says whether a process is there and not only waiting to be buried.
var Running = running

// The openings, and what they ask more bytes with.
var (
	ReadNativeOpening = readNativeOpening
	ReadHTTPOpening   = readHTTPOpening
	ErrMore           = errMore
	ErrNotNative      = errNotNative
	ErrNotHTTP        = errNotHTTP
	ErrHTTP           = errHTTP
)

// Relay copies between a client and an engine until both are done.
var Relay = relay
