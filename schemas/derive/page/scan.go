package page

import "strings"

type blockKind uint8

const (
	heading blockKind = iota
	fence
	table
	prose // one or more lines of text
)

// block is one element of a page, in page order.
type block struct {
	kind  blockKind
	line  int      // first line, from 1
	level int      // of a heading
	text  string   // of a heading
	lines []string // of a fence its content; of a table its rows; of prose its lines
	note  *note    // the annotation in front of a fence, nil without
	path  []string // headings above, outermost first, folded to lower case
	raw   []string // the same as documented
}

// scanner cuts a page into blocks: fences first, comments second, headings
// third (docs-format 9). The order matters: a "#" inside a fence is no heading.
type scanner struct {
	lines  []string
	pos    int
	blocks []block
	path   []string
	raw    []string
	levels []int
	note   *note
	links  map[string]string // [text]: target, text folded
	issue  func(line int, why Reason, detail string)
}

func (s *scanner) run() {
	for s.pos < len(s.lines) {
		line := s.lines[s.pos]
		t := strings.TrimLeft(line, " \t")
		switch {
		case t == "":
			s.pos++
		case strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~"):
			s.fence(t)
		case strings.HasPrefix(t, "<!--"):
			s.comment(t)
		case t[0] == '#':
			s.heading(t)
		case t[0] == '|' || s.tableHead():
			s.table()
		default:
			s.prose(t)
		}
	}
	s.drop()
}

// drop gives up an annotation that no block followed.
func (s *scanner) drop() {
	if s.note != nil && s.note.block != "" {
		s.issue(s.note.line, NoteWithoutBlock, s.note.block)
	}
	s.note = nil
}

func (s *scanner) add(b block) {
	b.path, b.raw = s.path, s.raw
	s.blocks = append(s.blocks, b)
}

// fence takes a fenced block; its indent, when it stands in a list, is cut
// off. Any line that begins with the mark closes it: some closers carry text.
func (s *scanner) fence(open string) {
	start, mark := s.pos, open[:3]
	indent := len(s.lines[s.pos]) - len(open)
	s.pos++
	from := s.pos
	for s.pos < len(s.lines) && !strings.HasPrefix(strings.TrimLeft(s.lines[s.pos], " \t"), mark) {
		s.pos++
	}
	content := s.lines[from:s.pos:s.pos]
	if indent > 0 {
		content = dedent(content, indent)
	}
	if s.pos == len(s.lines) {
		s.issue(start+1, FenceOpen, "")
	}
	s.pos++
	s.add(block{kind: fence, line: from + 1, lines: content, note: s.note})
	s.note = nil
}

func dedent(lines []string, n int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		k := 0
		for k < n && k < len(l) && (l[k] == ' ' || l[k] == '\t') {
			k++
		}
		out[i] = l[k:]
	}
	return out
}

// comment takes an HTML comment. An annotation that is never closed ends at
// the next fence, as two pages need it.
func (s *scanner) comment(t string) {
	start := s.pos
	text, end := s.commentText(t)
	s.pos = end
	if end > start {
		closer := s.lines[end-1]
		if i := strings.LastIndex(closer, "-->"); i >= 0 {
			if rest := strings.TrimSpace(closer[i+len("-->"):]); strings.HasPrefix(rest, "```") {
				s.pos--
				s.lines[s.pos] = rest // a fence on the closing line
			}
		}
	}
	n, ok := readNote(text)
	if !ok {
		return // an ordinary comment
	}
	n.line = start + 1
	s.drop()
	if !n.pageNote {
		s.note = n
	}
}

// commentText is the text of the comment at pos and the line behind it.
func (s *scanner) commentText(t string) (string, int) {
	t = t[len("<!--"):]
	var b strings.Builder
	stop := -1 // the first fence, and how much text stood before it
	length := 0
	for at := s.pos; ; {
		if end := strings.Index(t, "-->"); end >= 0 {
			b.WriteString(t[:end])
			return b.String(), at + 1
		}
		b.WriteString(t)
		b.WriteByte('\n')
		at++
		if at < len(s.lines) && stop < 0 && strings.HasPrefix(strings.TrimLeft(s.lines[at], " \t"), "```") {
			stop, length = at, b.Len()
			if strings.Contains(b.String(), "blockType") {
				break
			}
		}
		if at >= len(s.lines) {
			break
		}
		t = s.lines[at]
	}
	s.issue(s.pos+1, CommentOpen, "")
	if stop < 0 {
		return b.String(), len(s.lines)
	}
	return b.String()[:length], stop
}

// heading takes a heading. Lines such as "# [HTTP](#tab/http)" look like one
// and are language tabs.
func (s *scanner) heading(t string) {
	level := 0
	for level < len(t) && t[level] == '#' {
		level++
	}
	text := strings.TrimSpace(strings.TrimRight(t[level:], "# \t"))
	if level > 6 || strings.Contains(text, "](#tab/") || level == 1 && len(t) > 1 && t[1] != ' ' && t[1] != '\t' {
		s.pos++
		return
	}
	s.drop()
	for len(s.levels) > 0 && s.levels[len(s.levels)-1] >= level {
		s.levels = s.levels[:len(s.levels)-1]
	}
	n := len(s.levels)
	s.levels = append(s.levels, level)
	s.path = append(s.path[:n:n], strings.ToLower(text))
	s.raw = append(s.raw[:n:n], text)
	s.blocks = append(s.blocks, block{kind: heading, line: s.pos + 1, level: level, text: text, path: s.path, raw: s.raw})
	s.pos++
}

// tableHead reports whether a table without leading bars begins here.
func (s *scanner) tableHead() bool {
	return strings.IndexByte(s.lines[s.pos], '|') > 0 && s.pos+1 < len(s.lines) && isRule(s.lines[s.pos+1])
}

// isRule recognises the line under a table head.
func isRule(line string) bool {
	dash, bar := false, false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '-':
			dash = true
		case '|':
			bar = true
		case ':', ' ', '\t':
		default:
			return false
		}
	}
	return dash && bar
}

// table takes the rows up to a line without a bar. A blank line between rows
// does not end it unless a new head follows.
func (s *scanner) table() {
	start := s.pos
	barred := strings.HasPrefix(strings.TrimLeft(s.lines[start], " \t"), "|")
	var rows []string
	tail := 0 // the last row that is not blank
	for s.pos < len(s.lines) {
		line := s.lines[s.pos]
		if strings.TrimSpace(line) == "" {
			next := s.pos + 1
			if next < len(s.lines) && strings.HasPrefix(s.lines[next], "|") && (next+1 >= len(s.lines) || !isRule(s.lines[next+1])) {
				rows = append(rows, "")
				s.pos++
				continue
			}
			break
		}
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "<!--") {
			break
		}
		if barred && tail > 1 && strings.TrimLeft(line, " \t")[0] != '|' {
			if !strings.HasSuffix(strings.TrimRight(rows[tail], " \t"), "|") {
				rows[tail] += " " + line // a cell over several lines
				rows = append(rows, "")  // keeps the line numbers
				s.pos++
				continue
			}
		}
		if strings.IndexByte(line, '|') < 0 {
			break
		}
		tail = len(rows)
		rows = append(rows, line)
		s.pos++
	}
	s.add(block{kind: table, line: start + 1, lines: rows})
}

// prose takes lines up to the next other block, and learns reference links.
func (s *scanner) prose(t string) {
	start := s.pos
	for {
		if t[0] == '[' {
			if text, target, ok := strings.Cut(t[1:], "]:"); ok {
				if fields := strings.Fields(target); len(fields) > 0 {
					s.links[strings.ToLower(text)] = fields[0]
				}
			}
		}
		s.pos++
		if s.pos >= len(s.lines) {
			break
		}
		t = strings.TrimLeft(s.lines[s.pos], " \t")
		if t == "" || t[0] == '#' || t[0] == '|' || strings.HasPrefix(t, "```") || strings.HasPrefix(t, "<!--") || s.tableHead() {
			break
		}
	}
	s.add(block{kind: prose, line: start + 1, lines: s.lines[start:s.pos:s.pos]})
}
