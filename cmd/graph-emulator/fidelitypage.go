package main

import "github.com/graph-emulator/graph-emulator/emulator/conversation/shape"

func fidelityPage(s *shape.Score) []byte { return nil }
