// Package kaitai is a contestant of the benchmarks: what Kaitai Struct's compiler makes of a description of DNS. Its
// runtime, github.com/kaitai-io/kaitai_struct_go_runtime, is MIT; the description and what is made of it are this
// project's. How dns.go was made stands in dns.ksy.
package kaitai
