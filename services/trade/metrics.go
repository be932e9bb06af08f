package trade

import "oneorder/internal/intake"

func newMetrics() *intake.Metrics { return intake.NewMetrics("trade") }
