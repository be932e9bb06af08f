package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	openWithin  = 10 * time.Second // for a client to say what it wants
	drainWithin = 30 * time.Second // for the engine to finish what nobody reads any more
	partWithin  = 5 * time.Second  // for a client to leave when the engine has
)

// proxy stands before a port of the engine. It lets in only who opens the
// way the port's protocol does, and it always parts from the engine in good
// order: FIN first, then the rest of the reply read to its end.
type proxy struct {
	listener net.Listener
	opening  opening
	backend  func(context.Context) (string, error)
	ctx      context.Context // ends with close; connections are its only users
	cancel   context.CancelFunc
	serving  sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil once closed
}

func listenProxy(name, addr string, o opening, backend func(context.Context) (string, error)) (*proxy, error) {
	listener, err := net.Listen("tcp", addr) //nolint:noctx // does not block
	if taken(err) {
		return nil, fmt.Errorf("engine's %s port: %w: %s; stop it, or choose another address", name, ErrPortTaken, addr)
	}
	if err != nil {
		return nil, fmt.Errorf("engine's %s port: %w", name, err)
	}
	p := &proxy{listener: listener, opening: o, backend: backend, conns: map[net.Conn]struct{}{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.serving.Go(p.accept)
	return p, nil
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of descriptors, most likely
			if !sleep(p.ctx, 50*time.Millisecond) {
				return
			}
		case p.track(conn):
			p.serving.Go(func() {
				defer p.drop(conn)
				p.serve(conn.(*net.TCPConn))
			})
		}
	}
}

// track remembers a connection so that close can end it; false after close.
func (p *proxy) track(conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		_ = conn.Close()
		return false
	}
	p.conns[conn] = struct{}{}
	return true
}

func (p *proxy) drop(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
	_ = conn.Close() // both ends have been told already
}

func (p *proxy) serve(client *net.TCPConn) {
	said, err := p.readOpening(client)
	if err != nil {
		refuse(client, err)
		return
	}
	addr, err := p.backend(p.ctx)
	if err != nil {
		return
	}
	conn, err := new(net.Dialer).DialContext(p.ctx, "tcp", addr)
	if err != nil || !p.track(conn) {
		return
	}
	defer p.drop(conn)
	engine := conn.(*net.TCPConn)
	if _, err := engine.Write(said); err == nil {
		relay(client, engine)
	}
}

func (p *proxy) readOpening(client *net.TCPConn) ([]byte, error) {
	if err := client.SetReadDeadline(time.Now().Add(openWithin)); err != nil {
		return nil, err
	}
	said := make([]byte, 0, 4096)
	for {
		n, err := client.Read(said[len(said):cap(said)])
		said = said[:len(said)+n]
		if n > 0 {
			if verdict := p.opening(said); !errors.Is(verdict, errMore) {
				return said, errors.Join(verdict, client.SetReadDeadline(time.Time{}))
			}
		}
		if err != nil {
			return nil, err
		}
		if len(said) == cap(said) {
			if cap(said) >= openingMax {
				return nil, errNotHTTP
			}
			said = append(make([]byte, 0, 4*cap(said)), said...)
		}
	}
}

// refuse says why in HTTP, which whoever sends something readable most likely
// speaks, and parts.
func refuse(client *net.TCPConn, why error) {
	if !errors.Is(why, errNotHTTP) && !errors.Is(why, errHTTP) {
		return
	}
	text := why.Error() + "\n"
	_, err := fmt.Fprintf(client, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
	if err != nil || client.CloseWrite() != nil {
		return
	}
	if client.SetReadDeadline(time.Now().Add(time.Second)) == nil {
		_, _ = io.CopyN(io.Discard, client, openingMax) // unread bytes would take the answer back
	}
}

// relay copies both ways until both sides are done. Whatever the client does,
// the engine sees an end of input, and all that it still sends is read.
func relay(client, engine *net.TCPConn) {
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(engine, client) // either end's failure is an end of input
		_ = engine.CloseWrite()
	})
	if _, err := io.Copy(client, engine); err != nil {
		if engine.SetReadDeadline(time.Now().Add(drainWithin)) == nil {
			_, _ = io.Copy(io.Discard, engine)
		}
	}
	_ = client.CloseWrite()
	_ = client.SetReadDeadline(time.Now().Add(partWithin))
	up.Wait()
}

// refuse stops accepting connections; those that are there go on.
func (p *proxy) refuse() { _ = p.listener.Close() }

// close ends the listener and every connection, and waits for them.
func (p *proxy) close() {
	p.refuse()
	p.cancel()
	p.mu.Lock()
	for conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.serving.Wait()
}

// reachable is where this machine reaches a listener's address.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
		if ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}
