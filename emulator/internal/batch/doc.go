// Package batch serves $batch (section 5 of the rules): it splits a batch into
// requests, runs each through the same handler as any other request, in an
// order that their dependencies allow, and joins the answers.
package batch
