package observed

//go:generate go run ../../cmd/graph-derive observe --root ../..
