package files

import (
	"math"
	"strings"
	"time"

	"github.com/graph-emulator/graph-emulator/emulator/internal/bind"
	"github.com/graph-emulator/graph-emulator/emulator/internal/grapherr"
	"github.com/graph-emulator/graph-emulator/emulator/internal/store"
	"github.com/graph-emulator/graph-emulator/emulator/internal/value"
	"github.com/graph-emulator/graph-emulator/emulator/internal/workload"
)

// Switches of upload sessions.
const (
	sessionDefault = "files.sessionDefault" // B-14.53
	sessionLock    = "files.sessionLock"    // B-14.73
	sessionLife    = "files.sessionLife"    // B-14.82
)

var sessionSwitches = []workload.Switch{
	{Name: sessionDefault, Values: []string{"replace", "fail"}, Usage: "what an upload session without a conflictBehavior does with an existing file"},
	{Name: sessionLock, Values: []string{"off", "on"}, Usage: "whether a second upload session for a file is refused while one is open"},
	{Name: sessionLife, Values: []string{"15m", "24h", "120h"}, Usage: "how long an upload session lives from its create and from each fragment; 120h is that of personal accounts"},
}

// sourceURL names the upload session whose content is wanted.
const sourceURL = "@microsoft.graph.sourceUrl"

// uploadSession is how large files come (B-14.71 to B-14.86).
func uploadSession() workload.Upload {
	return workload.Upload{Type: driveItem, Verb: bind.Invoke("createUploadSession"), Begin: beginSession, Finish: finishSession,
		MaxSize: 250 << 30, MaxFragment: 60 << 20, Unit: 320 << 10} // B-14.83
}

func beginSession(c *workload.Call) (workload.UploadSession, error) {
	switches := c.System.Switches()
	life, err := time.ParseDuration(switches[sessionLife])
	if err != nil {
		return workload.UploadSession{}, err
	}
	if c.Self.Exists {
		if isFolder(&c.Self) || sessionBehavior(c) == fail { // B-14.72
			return workload.UploadSession{}, grapherr.Exists(c.Self.Type.Name.Short(), c.Self.Text("name"))
		}
	}
	item, _ := c.Body.Get("item")
	size, _ := item.Members().Get("fileSize")
	if n, ok := size.Int(); ok && n > remaining(&c.Self) { // B-14.149
		return workload.UploadSession{}, grapherr.NoSpace()
	}
	return workload.UploadSession{Life: life, Defer: c.Body.Bool("deferCommit"), Single: switches[sessionLock] == "on"}, nil
}

// remaining is the space that the drive of an item has left, as far as the drive says it.
func remaining(n *workload.Node) int64 {
	for ; n != nil; n = n.Home.Owner {
		if n.Type.Is(drive) {
			left, _ := quota(n).Members().Get("remaining")
			n, _ := left.Int()
			return n
		}
	}
	return math.MaxInt64
}

// sessionBehavior is what the create of a session asks for where the name is taken.
func sessionBehavior(c *workload.Call) string {
	item, _ := c.Sent.Get("item")
	if b := strings.ToLower(item.Members().Text(behaviorName)); b != "" {
		return b
	}
	if b := strings.ToLower(c.Sent.Text(behaviorName)); b != "" {
		return b
	}
	return c.System.Switches()[sessionDefault]
}

func finishSession(c *workload.Call, content *store.Blob) (workload.Result, error) {
	item, _ := c.Body.Get("item")
	node, created, err := put(c, &c.Self, sessionBehavior(c), itemMembers(item.Members()), content)
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{One: &workload.Entity{Node: node}, Created: created}, nil
}

// itemMembers are those of an upload that the item gets. Its name is that of the path.
func itemMembers(item value.Members) (out value.Members) {
	for _, m := range item {
		switch m.Name {
		case "description", "fileSystemInfo":
			out = append(out, m)
		}
	}
	return out
}

// rescue puts what an upload session holds to another place or under another name, when the
// session could not (B-14.85). Nothing else is put to an item as JSON.
func rescue(c *workload.Call) (workload.Result, error) {
	source := c.Sent.Text(sourceURL)
	if source == "" {
		return workload.Result{}, grapherr.Required("driveItem", sourceURL)
	}
	name := c.Body.Text("name")
	at := c.Self
	switch {
	case isFolder(&at) && name == "":
		return workload.Result{}, grapherr.Required("driveItem", "name")
	case isFolder(&at):
		parent := c.Self
		at = named(c, &parent, name)
	case !at.Exists && name != "":
		at.Home.Key = name
	}
	content, err := c.System.TakeUpload(c, source)
	if err != nil && c.Presumes() {
		content, err = emptyFile(), nil
	}
	if err != nil {
		return workload.Result{}, err
	}
	behavior := strings.ToLower(c.Sent.Text(behaviorName))
	if behavior == "" {
		behavior = c.System.Switches()[sessionDefault]
	}
	node, created, err := put(c, &at, behavior, itemMembers(c.Body), content)
	if err != nil {
		return workload.Result{}, err
	}
	return workload.Result{One: &workload.Entity{Node: node}, Created: created}, nil
}

// named is the child of a folder that a name stands for, there or not.
func named(c *workload.Call, parent *workload.Node, name string) workload.Node {
	if n, is := sibling(c, parent, name); is {
		return n
	}
	nav, _ := parent.Type.Navigation(children)
	return workload.Node{Ref: workload.NoRef, Type: parent.Type, Home: workload.Home{Owner: parent, Nav: nav, Key: name}}
}
