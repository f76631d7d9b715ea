package eval

import (
	"unicode"
	"unicode/utf8"
)

// tokenizer cuts a text as the directory does (B-3.80): at blanks, where small
// letters turn to capitals, between letters and digits, and at symbols, which
// are tokens of their own. A word with symbols in it is a token too, without
// them.
type tokenizer struct {
	text    string
	pos     int
	word    int // end of the word at pos, once its joined form was given
	symbols bool
}

// next returns the next token. A joined one is given with its symbols, which
// whoever compares it has to pass over.
func (t *tokenizer) next() (token string, joined, ok bool) {
	if t.pos >= t.word {
		t.pos = skipBlanks(t.text, max(t.pos, t.word))
		if t.pos == len(t.text) {
			return "", false, false
		}
		t.word = t.wordEnd()
		if t.symbols {
			return t.text[t.pos:t.word], true, true
		}
	}
	start := t.pos
	t.pos = tokenEnd(t.text[:t.word], start)
	return t.text[start:t.pos], false, true
}

// wordEnd finds the end of the word at pos, and whether it has symbols between
// letters or digits.
func (t *tokenizer) wordEnd() int {
	symbol, other := false, false
	for i, r := range t.text[t.pos:] {
		if unicode.IsSpace(r) {
			t.symbols = symbol && other
			return t.pos + i
		}
		if classOf(r) == symbolClass {
			symbol = true
		} else {
			other = true
		}
	}
	t.symbols = symbol && other
	return len(t.text)
}

type class uint8

const (
	symbolClass class = iota
	digitClass
	lowerClass
	upperClass
)

func classOf(r rune) class {
	switch {
	case 'a' <= r && r <= 'z':
		return lowerClass
	case unicode.IsDigit(r):
		return digitClass
	case unicode.IsUpper(r):
		return upperClass
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return lowerClass
	}
	return symbolClass
}

func tokenEnd(s string, start int) int {
	r, n := utf8.DecodeRuneInString(s[start:])
	last := classOf(r)
	i := start + n
	for last != symbolClass && i < len(s) {
		r, n = utf8.DecodeRuneInString(s[i:])
		c := classOf(r)
		if c != last && !(last == upperClass && c == lowerClass) {
			break
		}
		last, i = c, i+n
	}
	return i
}

func skipBlanks(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsSpace(r) {
			return i
		}
		i += n
	}
	return i
}

// joinedPrefix is prefixText over a word whose symbols do not count.
func joinedPrefix(word, prefix string) bool {
	for prefix != "" {
		w, n := utf8.DecodeRuneInString(word)
		if n == 0 {
			return false
		}
		word = word[n:]
		if classOf(w) == symbolClass {
			continue
		}
		p, m := utf8.DecodeRuneInString(prefix)
		if foldRune(w) != foldRune(p) {
			return false
		}
		prefix = prefix[m:]
	}
	return true
}

// pattern is the tokens of what is looked for.
type pattern []string

// patternOf cuts what is looked for. Without symbols only letters and digits
// are looked for.
func patternOf(text string, symbols bool) pattern {
	var p pattern
	t := tokenizer{text: text}
	for tok, joined, ok := t.next(); ok; tok, joined, ok = t.next() {
		r, _ := utf8.DecodeRuneInString(tok)
		switch {
		case joined:
			tok = withoutSymbols(tok)
		case !symbols && classOf(r) == symbolClass:
			continue
		}
		if len(p) < 64 { // one bit each in matches
			p = append(p, tok)
		}
	}
	return p
}

func withoutSymbols(word string) string {
	out := make([]byte, 0, len(word))
	for _, r := range word {
		if classOf(r) != symbolClass {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// matches reports whether every token looked for starts some token of the
// text, in any order, without case.
func (p pattern) matches(text string) bool {
	missing := uint64(1)<<len(p) - 1
	t := tokenizer{text: text}
	for tok, joined, ok := t.next(); ok && missing != 0; tok, joined, ok = t.next() {
		for i, want := range p {
			if missing&(1<<i) == 0 {
				continue
			}
			if joined && joinedPrefix(tok, want) || !joined && startsText(tok, want, true) {
				missing &^= 1 << i
			}
		}
	}
	return missing == 0
}
