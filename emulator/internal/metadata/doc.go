// Package metadata writes a model as CSDL, the answer to $metadata.
package metadata
