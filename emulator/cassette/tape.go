package cassette

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/graph-emulator/graph-emulator/emulator/conversation"
	"github.com/graph-emulator/graph-emulator/emulator/internal/flock"
)

// tape is a file that exchanges are appended to.
type tape struct {
	path string

	mu    sync.Mutex
	file  *os.File // nil: nothing was recorded yet
	end   int64
	state int64 // where the file says whether it is open; 0: it does not say
	open  bool  // it says so
	sides int

	buffers sync.Pool // of *[]byte: exchanges are written out before the lock is taken
}

// openTape takes the file at path to append to it; fresh empties it. One that is not
// there is made with the first exchange, so that nothing recorded is no recording.
func openTape(path string, fresh bool) (*tape, error) {
	t := &tape{path: path}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	if err := t.take(f, fresh); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

func (t *tape) take(f *os.File, fresh bool) error {
	if err := flock.Lock(f); err != nil {
		return fmt.Errorf("%s is being recorded into by somebody else: %w", t.path, err)
	}
	if fresh {
		t.file = f
		return errors.Join(f.Truncate(0), t.clear())
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	text = text[:conversation.WholeLength(text)]
	if at, ok := conversation.StateOffset(text); ok {
		t.state, t.open = int64(at), bytes.HasPrefix(text[at:], []byte(conversation.Open))
	}
	t.file, t.end = f, int64(len(text))
	t.sides = bytes.Count(text, []byte("\nanswerFile: ")) + bytes.Count(text, []byte("\nfile: "))
	return f.Truncate(t.end)
}

// append writes exchanges of a take, and before the first of the file what heads it.
func (t *tape) append(first *take, list ...*conversation.Exchange) (err error) {
	buf, ok := t.buffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	defer t.buffers.Put(buf)
	text := (*buf)[:0]
	for _, x := range list {
		if text, err = x.Append(text, true); err != nil {
			return err
		}
	}
	*buf = text
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.begin(first); err != nil {
		return err
	}
	return t.write(text)
}

// begin makes sure that there is a file, with a head that says that it is open.
func (t *tape) begin(first *take) error {
	if err := t.create(); err != nil {
		return err
	}
	if t.end > 0 {
		return t.say(conversation.Open)
	}
	f := &conversation.File{Recording: first.head()}
	f.Recording.Open = true
	text, err := f.Append(nil)
	if err != nil {
		return err
	}
	at, _ := conversation.StateOffset(text)
	t.state, t.open = int64(at), true
	return t.write(text)
}

// say changes the state in the head.
func (t *tape) say(state string) error {
	if open := state == conversation.Open; t.state > 0 && open != t.open {
		if _, err := t.file.WriteAt([]byte(state), t.state); err != nil {
			return err
		}
		t.open = open
	}
	return nil
}

// create makes the file, if it is not there yet.
func (t *tape) create() error {
	if t.file != nil {
		return nil
	}
	f, err := os.OpenFile(t.path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	if err := flock.Lock(f); err != nil {
		return errors.Join(fmt.Errorf("%s is being recorded into by somebody else: %w", t.path, err), f.Close())
	}
	t.file = f
	return nil
}

// write puts a text at the end of the file. What cannot be written as a whole is taken
// back; a reader of an open recording does not see what is not there as a whole.
func (t *tape) write(text []byte) error {
	if _, err := t.file.WriteAt(text, t.end); err != nil {
		return errors.Join(err, t.file.Truncate(t.end))
	}
	t.end += int64(len(text))
	return nil
}

// side gives the path of a new side file, from the folder of the cassette, and the
// file to be written in its place for the time being.
func (t *tape) side(ext string) (string, *os.File, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	dir := t.folder()
	base := filepath.Base(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	for {
		t.sides++
		name := fmt.Sprintf("%04d%s", t.sides, ext)
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		return base + "/" + name, f, err
	}
}

// clear removes the side files of a recording that is made anew, and nothing else.
func (t *tape) clear() error {
	old, err := filepath.Glob(filepath.Join(t.folder(), "[0-9][0-9][0-9][0-9].*"))
	for _, name := range old {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// folder is where side files are.
func (t *tape) folder() string { return strings.TrimSuffix(t.path, filepath.Ext(t.path)) + ".files" }

// sideFile writes a body beside the cassette.
func (t *tape) sideFile(ext string, data []byte) (conversation.Body, error) {
	name, f, err := t.side(ext)
	if err != nil {
		return conversation.Body{}, err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return conversation.Body{}, errors.Join(err, os.Remove(f.Name()))
	}
	return conversation.Beside(name), nil
}

func (t *tape) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	err := errors.Join(t.say(conversation.Done), t.file.Sync(), t.file.Close())
	t.file = nil
	return err
}
