package kiota

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	kiota "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go-core/fileuploader"
)

const slice = 320 << 10

// session is an uploadSession in the form of a generated model.
type session struct {
	url     *string
	expires *time.Time
	ranges  []string
}

func newSession(serialization.ParseNode) (serialization.Parsable, error) { return &session{}, nil }

func (s *session) GetExpirationDateTime() *time.Time   { return s.expires }
func (s *session) SetExpirationDateTime(at *time.Time) { s.expires = at }
func (s *session) GetNextExpectedRanges() []string     { return s.ranges }
func (s *session) SetNextExpectedRanges(r []string)    { s.ranges = r }
func (s *session) GetOdataType() *string               { return nil }
func (s *session) GetUploadUrl() *string               { return s.url }

func (s *session) Serialize(serialization.SerializationWriter) error { return nil }

func (s *session) GetFieldDeserializers() map[string]func(serialization.ParseNode) error {
	return map[string]func(serialization.ParseNode) error{
		"uploadUrl":          text(&s.url),
		"expirationDateTime": func(n serialization.ParseNode) (err error) { s.expires, err = n.GetTimeValue(); return err },
		"nextExpectedRanges": func(n serialization.ParseNode) error {
			members, err := n.GetCollectionOfPrimitiveValues("string")
			for _, m := range members {
				s.ranges = append(s.ranges, *m.(*string))
			}
			return err
		},
	}
}

// item is as much of a driveItem as the tests read.
type item struct {
	id, name *string
	size     *int64
}

func newItem(serialization.ParseNode) (serialization.Parsable, error) { return &item{}, nil }

func (i *item) Serialize(serialization.SerializationWriter) error { return nil }

func (i *item) GetFieldDeserializers() map[string]func(serialization.ParseNode) error {
	return map[string]func(serialization.ParseNode) error{
		"id": text(&i.id), "name": text(&i.name),
		"size": func(n serialization.ParseNode) (err error) { i.size, err = n.GetInt64Value(); return err },
	}
}

const drive = "/users/ida@northgale.test/drive"

// upload begins an upload of content to the root of the drive.
func upload(t *testing.T, a kiota.RequestAdapter, name string, content []byte) (fileuploader.LargeFileUploadTask[*item], *session) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	s := must(send[*session](t, a, ask(t, a, kiota.POST, drive+"/root:/"+name+":/createUploadSession", nil), newSession))(t)
	return fileuploader.NewLargeFileUploadTask[*item](a, s, file, slice, newItem, failures), s
}

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*31 + i>>8)
	}
	return b
}

func stored(t *testing.T, a kiota.RequestAdapter, id string, want []byte) {
	t.Helper()
	got, err := a.SendPrimitive(t.Context(), ask(t, a, kiota.GET, drive+"/items/"+id+"/content", nil), "[]byte", failures)
	if err != nil || !bytes.Equal(got.([]byte), want) {
		t.Errorf("read %d bytes, %v", len(got.([]byte)), err)
	}
}

func TestUploadTask(t *testing.T) {
	a := adapter(t, "")
	want := content(2*slice + 9)
	task, _ := upload(t, a, "bank.bin", want)
	var told []int64
	result := task.Upload(func(end, _ int64) { told = append(told, end) })
	if !result.GetUploadSucceeded() {
		t.Fatal(errors.Join(result.GetResponseErrors()...))
	}
	if !slices.Equal(told, []int64{slice - 1, 2*slice - 1, 2*slice + 8}) {
		t.Errorf("progress %v", told)
	}
	made := result.GetItemResponse()
	if *made.name != "bank.bin" || *made.size != int64(len(want)) {
		t.Errorf("made %s of %d bytes", *made.name, *made.size)
	}
	stored(t, a, *made.id, want)
}

// The service has one slice when the task begins: it asks and goes on behind it.
func TestUploadTaskResumes(t *testing.T) {
	a := adapter(t, "")
	want := content(2*slice + 9)
	task, s := upload(t, a, "wreck.bin", want)
	first := kiota.NewRequestInformation()
	first.Method = kiota.PUT
	first.UrlTemplate = *s.url
	first.Headers.Add("Content-Range", "bytes 0-327679/655369")
	first.SetStreamContentAndContentType(want[:slice], "application/octet-stream")
	if _, err := send[*session](t, a, first, newSession); err != nil {
		t.Fatal(err)
	}
	var told []int64
	result, err := task.Resume(func(end, _ int64) { told = append(told, end) })
	if err != nil {
		t.Fatal(err)
	}
	if !result.GetUploadSucceeded() || !slices.Equal(told, []int64{2*slice - 1, 2*slice + 8}) {
		t.Fatal(told, errors.Join(result.GetResponseErrors()...))
	}
	stored(t, a, *result.GetItemResponse().id, want)
}

func TestUploadTaskCancels(t *testing.T) {
	a := adapter(t, "")
	task, _ := upload(t, a, "given.bin", content(slice))
	if err := task.Cancel(); err != nil {
		t.Fatal(err)
	}
	err := task.RefreshUploadStatus()
	if gone, ok := errors.AsType[*failure](err); !ok || gone.ResponseStatusCode != 404 {
		t.Errorf("after the cancel: %v", err)
	}
}
