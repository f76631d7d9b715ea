package page

// Reasons of issues. Skips that a rule of the format asks for are issues too:
// the ledger counts them, so that a change of their number is seen.
const (
	NoFrontMatter    Reason = "no front matter"
	DocTypeUnknown   Reason = "doc_type is not known"
	NoteWithoutBlock Reason = "annotation without a block"
	CommentOpen      Reason = "comment is not closed"
	FenceOpen        Reason = "code fence is not closed"
	LineNotFound     Reason = "request line is a generator error"
	LineForeign      Reason = "request line names another host"
	LineStrange      Reason = "line in an operation list is not a request line"
	BlockStrange     Reason = "HTTP block has no known first line"
	BlockOutside     Reason = "request block stands outside request and example sections"
	StatusStrange    Reason = "status line is not understood"
	ResponseAlone    Reason = "response without a request"
	BodyBroken       Reason = "JSON body is beyond repair"
	SketchBroken     Reason = "JSON sketch is beyond repair"
	SchemeUnknown    Reason = "permission scheme is not known"
	CellSentence     Reason = "permission cell is not a list of names"
	TableUnknown     Reason = "table columns are not known"
	TypeUnknown      Reason = "type is not understood"
	NoOperations     Reason = "API page without operations"
	NoStatus         Reason = "response without a status code"
	NoTypeName       Reason = "resource page without a type name"
)
