// Package generated holds no code: its sub-packages are the parsers that fsgen makes of the specs in protocols/,
// one package for each protocol. Generated packages import the runtime and the standard library only.
package generated

//go:generate go run ../cmd/fsgen -o dns ../protocols/dns.fsd
//go:generate go run ../cmd/fsgen -o echo ../protocols/echo.fsd
//go:generate go run ../cmd/fsgen -o llmnr ../protocols/llmnr.fsd
//go:generate go run ../cmd/fsgen -o mdns ../protocols/mdns.fsd
//go:generate go run ../cmd/fsgen -o ntp ../protocols/ntp.fsd
//go:generate go run ../cmd/fsgen -o tftp ../protocols/tftp.fsd
