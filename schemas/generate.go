package schemas

//go:generate go run ../cmd/graph-derive --out ..
