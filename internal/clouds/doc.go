// Package clouds names the hosts of Microsoft's that the emulator stands for.
package clouds
