module github.com/flowscope/fsd/bench

go 1.26.0

require (
	github.com/flowscope/fsd v0.0.0
	github.com/google/gopacket v1.1.19
	github.com/miekg/dns v1.1.73
	github.com/stretchr/testify v1.12.1
	golang.org/x/net v0.62.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/klauspost/compress v1.18.2 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace github.com/flowscope/fsd => ../
