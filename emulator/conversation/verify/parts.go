package verify

import (
	"regexp"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/scrub"
)

// wordStandIns are stand-ins of domains and of what stands in front of the at sign.
var wordStandIns = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\b(?:user[0-9a-f]{14}\b|d[0-9a-f]{14}\.example\b)`) })

// parts are the beginnings and ends of our names, by their stand-ins. A filter for addresses
// that begin with ida@northgale.te has a stand-in of its own: a name cannot be had from
// its stand-in, but whether a part of one of ours has it can be tried.
type parts struct {
	plain *scrub.Scrubber // tells nobody of what it is asked
	of    map[string]string
	cut   map[string]bool // names whose parts are known
}

// find takes the stand-ins in the target of a request that are of a part of one of our names
// for that part.
func (p *parts) find(target string, n *names) {
	if !strings.Contains(target, "filter=") && !strings.Contains(target, "search=") {
		return
	}
	for _, v := range wordStandIns().FindAllString(target, -1) {
		if n.ours[v] != "" || n.have[v] {
			continue
		}
		p.learn(n)
		if part, ok := p.of[v]; ok {
			n.give(part, v)
		}
	}
}

// learn takes the names apart that came since.
func (p *parts) learn(n *names) {
	for _, name := range n.ours {
		if p.cut[name] {
			continue
		}
		p.cut[name] = true
		if strings.ContainsAny(name, "@/%:") || len(name) > 100 { // more than a word or a domain
			continue
		}
		for i := 1; i < len(name); i++ {
			p.add(name[:i])
			p.add(name[i:])
		}
	}
}

func (p *parts) add(part string) {
	local, _, _ := strings.Cut(p.plain.Text(part+"@localhost.example"), "@")
	_, host, _ := strings.Cut(p.plain.Text("x@"+part), "@")
	p.of[local], p.of[host] = part, part
}

const partialNote = "the request asks for part of a name, and names are stand-ins in this tenant, in which no part is found"

// asksForPart finds what functions of a filter look for in members that hold names.
var asksForPart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:startswith|endswith|contains)\((?:\w+/)*(?:mail|userPrincipalName|mailNickname|otherMails|proxyAddresses|address|id|appId)(?:%2C|,)[^)]*`)
})

// partial reports whether a request looks for part of a name where names are stand-ins:
// the part is as the client wrote it, and begins none of them.
func (n *names) partial(request string) bool {
	if len(n.have) == 0 {
		return false
	}
	for _, f := range asksForPart().FindAllString(request, -1) {
		if len(wordStandIns().FindAllString(f, -1)) == 0 {
			return true
		}
	}
	return false
}
