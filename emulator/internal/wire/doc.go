// Package wire turns HTTP requests into sentences for the engine and its
// results into answers: bodies, headers, context URLs and the one error writer.
// It is the only place that knows both HTTP and Graph.
package wire
