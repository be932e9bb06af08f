// Package alerts is the test of the alert rules in deploy/prometheus.
package alerts
