// Package tenantfile reads and writes a tenant as a tree of YAML files. Load creates each
// record through the rules of its type and says file and line of each mistake. Dump writes
// what Load reads.
package tenantfile
