// Package embedded runs what OneOrder needs on one machine, without a server
// to install: a NATS broker as a library and a ClickHouse engine in a child
// process of the same binary. Both listen on the loopback interface unless
// told otherwise, and neither outlives the process that started it.
package embedded

import "errors"

// What keeps a broker or an engine from starting, or ends it. The errors
// returned wrap one of these and say what to do about it.
var (
	// ErrNoEngine means that this binary was built without the engine.
	ErrNoEngine = errors.New("built without the ClickHouse engine")
	// ErrPlatform means that the engine has no build for this platform.
	ErrPlatform = errors.New("no build of the ClickHouse engine for this platform")
	// ErrLibrary means that the engine's library is missing or is no engine.
	ErrLibrary = errors.New("ClickHouse engine library")
	// ErrPortTaken means that somebody else listens on the address asked for.
	ErrPortTaken = errors.New("address is taken by another program")
	// ErrFolderInUse means that another process works on the data folder.
	ErrFolderInUse = errors.New("data folder is in use")
	// ErrOpenToAll means that an address reachable from other machines was
	// asked for while a user has no password.
	ErrOpenToAll = errors.New("user without a password on an address that other machines reach")
	// ErrEngineDied means that the engine ended by itself.
	ErrEngineDied = errors.New("ClickHouse engine died")
)
