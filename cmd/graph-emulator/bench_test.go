package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart builds the program and starts it again and again: the time from
// the start of the process to the end of its first answer, and what it holds of
// memory a moment later, when nobody calls.
func BenchmarkStart(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "graph-emulator")
	build := exec.Command("go", "build", "-trimpath", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	var millis, mib []float64
	for b.Loop() {
		took, held := startOnce(b, bin)
		millis, mib = append(millis, float64(took)/1e6), append(mib, held)
	}
	slices.Sort(millis)
	slices.Sort(mib)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(millis[0], "best-ms-to-answer")
	b.ReportMetric(millis[len(millis)/2], "ms-to-answer")
	b.ReportMetric(mib[len(mib)/2], "idle-MiB")
}

func startOnce(b *testing.B, bin string) (took time.Duration, mib float64) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(bin, "serve", "--listen", addr)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	for {
		answer, err := http.Get("http://" + addr + "/v1.0/me")
		if err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		if took = time.Since(start); err == nil {
			break
		}
		if took > 10*time.Second {
			b.Fatal(err)
		}
		time.Sleep(200 * time.Microsecond)
	}
	time.Sleep(300 * time.Millisecond) // what the start leaves behind settles
	return took, resident(cmd.Process.Pid)
}

// resident is the memory of a process in MiB, where the system tells; else 0.
func resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kib float64
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fmt.Sscan(rest, &kib)
	return kib / 1024
}
