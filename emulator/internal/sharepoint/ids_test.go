package sharepoint

import (
	"strings"
	"testing"
)

const ida = "c26302f8-02f8-c263-f802-63c2f80263c2"

// Ids lead back to whom they belong to (B-14.5).
func TestDrive(t *testing.T) {
	of := Of(ida)
	id := of.Drive()
	if len(id) != 66 {
		t.Errorf("%s has %d characters", id, len(id))
	}
	back, ok := ReadDrive(id)
	if !ok || back != of || Owner(back.Collection) != ida || OwnerOfList(back.List) != ida {
		t.Errorf("%+v, %v", back, ok)
	}
	for _, bad := range []string{"", "b!", "b!x", id + "A", strings.TrimPrefix(id, "b!"), "b!" + strings.Repeat("!", 64)} {
		if _, ok := ReadDrive(bad); ok {
			t.Errorf("%q is read", bad)
		}
	}
	if got, ok := ReadDrive("b!UB49eitMak-dGLBebH8qkWILnxxHjjVNpsA_ctUeiwQYqbfkYC1fTIs-kGrxx9JT"); !ok || got.Collection != "7a3d1e50-4c2b-4f6a-9d18-b05e6c7f2a91" {
		t.Errorf("%+v", got)
	}
}

// The root's id ends alike on every drive (B-14.17).
func TestItem(t *testing.T) {
	for _, drive := range []string{"b!a", "b!b", "b!c", "b!d"} {
		id := Item(drive, RootGUID)
		if len(id) != 34 || !strings.HasPrefix(id, "01") || !strings.HasSuffix(id, "6Y2GOVW7725BZO354PWSELRRZ") || !strings.Contains("FNV5", id[8:9]) {
			t.Errorf("the root of %s is %s", drive, id)
		}
		if got := GUIDOf(id); got != RootGUID {
			t.Errorf("%s is %s", id, got)
		}
		if got := GUIDOf(Item(drive, ida)); got != ida {
			t.Errorf("%s", got)
		}
	}
	if got := GUIDOf("f1"); got == "" || got != GUIDOf("f1") || got == GUIDOf("f2") {
		t.Errorf("an id of another form: %q", got)
	}
}
