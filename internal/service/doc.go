// Package service is the shell around every OneOrder process: configuration read once, a logger, an
// HTTP server with /metrics and /healthz, components that run until they are told to stop, and a stop in
// a fixed order: intake, then readers, then connections.
package service
