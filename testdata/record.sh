#!/bin/bash
# Records testdata/captures/{dns,ntp,tftp,echo,mdns}.pcap from real servers and clients.
#
#   sudo testdata/record.sh [dns|ntp|tftp|echo|mdns ...]      (all five without a word)
#
# Everything runs inside network, mount, PID, IPC and UTS namespaces made here: no datagram leaves them, no
# service or clock of the host is touched, and when the script ends the kernel ends every process it started.
# dns, ntp, tftp and echo are recorded on the loopback interface (MTU 1500, so that big answers come in
# fragments); mdns on a veth pair, because multicast needs two hosts.
#
# Installs nothing. Needs root, and on Debian 12 the packages
#   bind9 bind9-utils bind9-dnsutils ntpsec ntpsec-ntpdig chrony atftpd atftp curl avahi-daemon avahi-utils
#   dbus tcpdump iproute2 util-linux python3
# ntpsec and chrony do not install together: unpack one with `dpkg -x` and name its root in RECORD_ROOT.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
extra=${RECORD_ROOT:-}
export PATH=${extra:+$extra/usr/sbin:$extra/usr/bin:}/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TZ=UTC

if [ "${1:-}" != --inside ]; then
	[ "$(id -u)" = 0 ] || { echo "record.sh: not root: run it with sudo" >&2; exit 1; }
	missing=()
	for c in named dnssec-keygen dnssec-signzone dig nsupdate ntpd ntpq ntpdig chronyd atftpd atftp curl \
		avahi-daemon avahi-browse avahi-resolve dbus-daemon tcpdump ip nsenter python3; do
		command -v "$c" >/dev/null || missing+=("$c")
	done
	[ ${#missing[@]} = 0 ] || { echo "record.sh: not found: ${missing[*]}: install the packages named at its top" >&2; exit 1; }
	exec timeout 240 unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc "$0" --inside "$@"
fi
shift
wanted=${*:-dns ntp tftp echo mdns}

out=$here/captures
mkdir -p "$out"
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /mnt # the servers see neutral paths below /mnt only
work=/mnt
chmod 755 /mnt
hostname server.example

ip link set lo mtu 1500 up
for a in 10 53 54 69 123 124 125; do ip addr add 192.0.2.$a/32 dev lo; done
for a in 10 53 7; do ip addr add 2001:db8::$a/128 dev lo nodad; done

# capture IFACE FILE FILTER: starts tcpdump and returns when it listens.
capture() {
	tcpdump -Z root -i "$1" -s 65535 -U --immediate-mode -w "$out/$2" "$3" 2>"$work/tcpdump.log" &
	dump=$!
	for _ in $(seq 50); do
		grep -q 'listening on' "$work/tcpdump.log" && return
		sleep 0.1
	done
	cat "$work/tcpdump.log" >&2
	return 1
}

captured() {
	sleep 0.5
	kill -INT "$dump"
	wait "$dump" || true
	dump=
}

# until_ok SECONDS COMMAND...: repeats the command until it succeeds.
until_ok() {
	local n=$(($1 * 5))
	shift
	for _ in $(seq "$n"); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.2
	done
	echo "record.sh: never succeeded: $*" >&2
	return 1
}

stop() { # stop PID...
	kill "$@" 2>/dev/null || true
	wait "$@" 2>/dev/null || true
}

record_dns() {
	local d=$work/dns key
	mkdir -p $d/primary $d/secondary
	cd $d/primary
	cat >example.test <<'ZONE'
$TTL 3600
@        IN SOA   ns1 hostmaster 2024010101 7200 900 1209600 300
@        IN NS    ns1
@        IN NS    ns2
@        IN MX    10 mail
@        IN MX    20 backup.example.net.
@        IN TXT   "v=spf1 mx -all"
@        IN CAA   0 issue "ca.example.net"
@        IN CAA   128 iodef "mailto:security@example.test"
@        IN A     192.0.2.80
@        IN AAAA  2001:db8::80
@        IN HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.80 ipv6hint=2001:db8::80
@        IN LOC   52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m
ns1      IN A     192.0.2.53
ns1      IN AAAA  2001:db8::53
ns2      IN A     192.0.2.54
mail     IN A     192.0.2.25
www      IN CNAME @
chain    IN CNAME www
legacy   IN DNAME example.net.
host     IN A     192.0.2.81
host     IN AAAA  2001:db8::81
host     IN HINFO "NONE" "NONE"
host     IN RP    hostmaster text
host     IN SSHFP 4 2 ( 123456789ABCDEF67890123456789ABCDEF67890123456789ABCDEF123456789 )
host     IN EUI48 02-00-5e-00-53-2a
host     IN EUI64 02-00-5e-ff-fe-00-53-2a
host     IN APL   1:192.0.2.0/24 !2:2001:db8::/32
host     IN URI   10 1 "https://www.example.test/"
host     IN TYPE65280 \# 4 0A000001
text     IN TXT   "first string" "" "second; with \"quotes\" and \\ backslash" "\000\001\255"
*.wild   IN A     192.0.2.99
odd\.label\032blank IN A 192.0.2.98
_sip._udp  IN SRV   10 60 5060 host
_sip._udp  IN SRV   20 0 5061 mail
_dns._udp  IN SVCB  1 ns1 alpn=dot port=853 mandatory=alpn
_dns._udp  IN SVCB  2 ns2.example.test. key65333="value"
_443._tcp.host IN TLSA 3 1 1 ( 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef )
4.3.2.1    IN NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@example.test!" .
4.3.2.1    IN NAPTR 100 20 "s" "SIP+D2U" "" _sip._udp
child      IN NS    ns.child
ns.child   IN A     192.0.2.200
child      IN DS    12345 13 2 ( 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef )
ZONE
	for i in $(seq 30); do # more than any client's UDP size of 512, and with 60 bytes each more than one fragment
		echo "big IN TXT \"line $i of a long answer that does not fit in one Ethernet frame\"" >>example.test
	done
	sed -n '1,3p' example.test | sed 's/ns1/ns1.example.test./; s/hostmaster/hostmaster.example.test./' >nsec3.example.test
	echo 'a IN A 192.0.2.82' >>nsec3.example.test
	cp nsec3.example.test dyn.example.test
	cat >2.0.192.in-addr.arpa <<'ZONE'
$TTL 3600
@  IN SOA ns1.example.test. hostmaster.example.test. 1 7200 900 1209600 300
@  IN NS  ns1.example.test.
80 IN PTR www.example.test.
81 IN PTR host.example.test.
ZONE
	for z in example.test nsec3.example.test; do
		dnssec-keygen -q -a ECDSAP256SHA256 $z >/dev/null
		dnssec-keygen -q -a ECDSAP256SHA256 -f KSK $z >/dev/null
	done
	dnssec-signzone -q -S -o example.test example.test >/dev/null
	dnssec-signzone -q -S -3 aabbccdd -H 5 -A -o nsec3.example.test nsec3.example.test >/dev/null
	key=c2VjcmV0IG9mIHRoZSB0ZXN0IGRhdGEgb25seSE=
	cat >named.conf <<CONF
key "update.example" { algorithm hmac-sha256; secret "$key"; };
options {
	directory "$d/primary"; pid-file none; session-keyfile none; recursion no; notify explicit;
	listen-on { 192.0.2.53; }; listen-on-v6 { 2001:db8::53; };
	version "example"; hostname "server.example"; server-id "server.example"; empty-zones-enable no;
	allow-transfer { any; }; max-udp-size 4096; minimal-responses no; querylog no; dnssec-validation no; check-names primary ignore;
};
controls { };
zone "example.test" { type primary; file "example.test.signed"; also-notify { 192.0.2.54; }; notify-source 192.0.2.53; };
zone "nsec3.example.test" { type primary; file "nsec3.example.test.signed"; };
zone "dyn.example.test" { type primary; file "dyn.example.test"; allow-update { key "update.example"; }; };
zone "2.0.192.in-addr.arpa" { type primary; file "2.0.192.in-addr.arpa"; };
CONF
	cat >../secondary/named.conf <<CONF
options {
	directory "$d/secondary"; pid-file none; session-keyfile none; recursion no; notify no;
	listen-on { 192.0.2.54; }; listen-on-v6 { none; }; version "example"; empty-zones-enable no;
	transfer-source 192.0.2.54; dnssec-validation no;
};
controls { };
zone "example.test" { type secondary; primaries { 192.0.2.53; }; file "example.test"; };
CONF
	capture lo dns.pcap 'udp port 53 or (ip[6:2] & 0x1fff != 0) or ip6[6] == 44'
	# The secondary first: its SOA query goes unanswered until the primary is up and sends NOTIFY.
	named -f -4 -c ../secondary/named.conf -L ../secondary/log &
	local second=$!
	named -f -c named.conf -L log &
	local first=$!
	until_ok 10 dig +tcp +time=1 +tries=1 @192.0.2.53 example.test soa
	until_ok 10 grep -q 'example.test/IN: Transfer started\|transferred serial\|Transfer status' ../secondary/log

	local q="dig -b 192.0.2.10 @192.0.2.53 +time=1 +tries=1 +noall"
	local t
	for t in a aaaa ns soa mx txt caa https loc any; do $q +notcp example.test $t; done
	for t in hinfo rp sshfp eui48 eui64 apl uri type65280; do $q host.example.test $t; done
	for t in a aaaa cname; do $q chain.example.test $t; done
	$q _sip._udp.example.test srv
	$q _dns._udp.example.test svcb
	$q _443._tcp.host.example.test tlsa
	$q 4.3.2.1.example.test naptr
	$q text.example.test txt
	$q a.b.wild.example.test a
	$q 'odd\.label\032blank.example.test' a
	$q WwW.ExAmPlE.tEsT a
	$q a.legacy.example.test a
	$q child.example.test ds
	$q a.child.example.test a
	$q -x 192.0.2.81
	$q version.bind ch txt
	$q +noedns example.test a
	$q +nocookie +norecurse +noad example.test a
	$q +nsid example.test a
	$q +subnet=198.51.100.0/24 example.test a
	$q +subnet=2001:db8:1::/48 example.test a
	$q +padding=128 +ednsopt=65001:00010203 example.test a
	$q +edns=1 +noednsnegotiation example.test a    # BADVERS
	$q +cdflag +adflag +dnssec example.test dnskey
	$q +dnssec example.test a
	$q +dnssec example.test nsec
	$q +dnssec nope.example.test a                  # NXDOMAIN with NSEC
	$q +dnssec host.example.test mx                 # no data
	$q +dnssec nsec3.example.test nsec3param
	$q +dnssec nope.nsec3.example.test a            # NXDOMAIN with NSEC3
	$q +nodnssec nope.example.test a
	$q +noedns +ignore big.example.test txt         # TC
	$q +bufsize=512 +ignore +dnssec example.test any +notcp
	$q +bufsize=4096 big.example.test txt           # IP fragments
	$q www.example.net a                            # REFUSED
	$q +opcode=status example.test a                # NOTIMP
	$q +notcp ixfr=2024010100 example.test          # IXFR over UDP: the SOA alone
	$q +header-only example.test
	$q . ns
	dig -b 2001:db8::10 @2001:db8::53 +noall host.example.test aaaa
	dig -b 2001:db8::10 @2001:db8::53 +noall +dnssec +bufsize=4096 big.example.test txt
	nsupdate -y hmac-sha256:update.example:$key <<'UPDATE'
server 192.0.2.53
local 192.0.2.10
zone dyn.example.test
prereq nxdomain new.dyn.example.test
prereq yxrrset a.dyn.example.test A
update add new.dyn.example.test 60 A 192.0.2.83
update add new.dyn.example.test 60 TXT "added"
update delete a.dyn.example.test A
send
prereq yxdomain missing.dyn.example.test
update delete new.dyn.example.test TXT
send
UPDATE
	nsupdate <<'UPDATE' || true
server 192.0.2.53
local 192.0.2.10
zone dyn.example.test
update add refused.dyn.example.test 60 A 192.0.2.84
send
UPDATE
	python3 - <<'PY'
# What dig does not send: AXFR over UDP, two questions, a header alone, a question cut short, a NOTIFY.
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("192.0.2.10", 0))
s.settimeout(0.3)
zone = b"\7example\4test\0"
def ask(b):
    s.sendto(b, ("192.0.2.53", 53))
    try:
        s.recv(65535)
    except TimeoutError:
        pass
def head(i, flags, qd): return i.to_bytes(2, "big") + flags.to_bytes(2, "big") + qd.to_bytes(2, "big") + bytes(6)
ask(head(0xaf01, 0, 1) + zone + b"\0\xfc\0\1")
ask(head(0xaf02, 0, 2) + zone + b"\0\1\0\1" + b"\xc0\x0c\0\x1c\0\1")
ask(head(0xaf03, 0, 0))
ask(head(0xaf04, 0, 1) + b"\7exam")
ask(head(0xaf05, 0x2400, 1) + zone + b"\0\6\0\1")
PY
	captured
	stop $first $second
}

record_ntp() {
	local d=$work/ntp
	mkdir -p $d/a $d/b $d/c
	cd $d
	printf '1 AES 00112233445566778899aabbccddeeff\n2 SHA1 0123456789abcdef0123456789abcdef01234567\n3 MD5 testdata\n' >ntp.keys
	printf '1 AES128 HEX:00112233445566778899AABBCCDDEEFF\n2 SHA1 HEX:0123456789ABCDEF0123456789ABCDEF01234567\n3 MD5 ASCII:testdata\n4 SHA256 HEX:0123456789ABCDEF0123456789ABCDEF\n' >chrony.keys
	cat >ntp.conf <<CONF
disable ntp
interface ignore wildcard
interface listen 192.0.2.123
refclock local stratum 5
keys $d/ntp.keys
trustedkey 1 2 3
controlkey 3
restrict default
restrict 192.0.2.0 mask 255.255.255.0
CONF
	chmod 600 ntp.keys chrony.keys
	# -x: chronyd never touches the clock.
	local common="cmdport 0
bindcmdaddress /
local stratum 10
keyfile $d/chrony.keys
allow 192.0.2.0/24"
	cat >a/conf <<CONF
$common
pidfile $d/a/pid
bindaddress 192.0.2.124
bindacqaddress 192.0.2.124
server 192.0.2.123 iburst minpoll 0 maxpoll 0 key 2 maxsamples 4
peer 192.0.2.125 minpoll 0 maxpoll 0 key 4 xleave
CONF
	cat >b/conf <<CONF
$common
pidfile $d/b/pid
bindaddress 192.0.2.125
bindacqaddress 192.0.2.125
peer 192.0.2.124 minpoll 0 maxpoll 0 key 4 xleave
CONF
	cat >c/conf <<CONF
cmdport 0
bindcmdaddress /
keyfile $d/chrony.keys
pidfile $d/c/pid
port 0
bindacqaddress 192.0.2.10
server 192.0.2.124 iburst minpoll 0 maxpoll 0 xleave extfield F323
server 192.0.2.123 iburst minpoll 0 maxpoll 0 key 1
CONF
	capture lo ntp.pcap 'udp port 123'
	ntpd -n -g -c $d/ntp.conf >ntpd.log 2>&1 &
	local server=$!
	sleep 2
	local n
	local -a pids=($server)
	for n in a b c; do
		chronyd -x -d -u root -f $d/$n/conf >$n/log 2>&1 &
		pids+=($!)
		sleep 0.3
	done
	for n in 2 3; do ntpdig -a $n -k $d/ntp.keys -t 1 192.0.2.123 >/dev/null 2>&1 || true; done
	ntpdig -t 1 192.0.2.123 >/dev/null 2>&1 || true
	# Named variables only: the whole list would hold the host's system and processor.
	timeout 20 ntpq -n -c associations -c peers -c 'rv 0 stratum,rootdelay,rootdisp,refid,reftime' -c 'rv 0 nosuchvariable' \
		-c 'rv &1 srcadr,stratum,offset,jitter' -c 'rv 65000 offset' 192.0.2.123 >ntpq.log 2>&1 || true
	timeout 10 ntpq -n -a 3 -k $d/ntp.keys -c ':config restrict 198.51.100.1 ignore' -c ifstats 192.0.2.123 >>ntpq.log 2>&1 || true
	sleep 3
	captured
	stop "${pids[@]}"
}

record_tftp() {
	local d=$work/tftp
	mkdir -p $d/root $d/client
	cd $d/client
	python3 -c 'open("../root/boot.bin","wb").write(bytes((i*7+i//256)&255 for i in range(5000)))
open("../root/exact.bin","wb").write(bytes(1024))
open("../root/empty.bin","wb").write(b"")
open("../root/motd.txt","w").write("one line\nanother line\nand a last one\n")
open("upload.bin","wb").write(bytes(range(256))*5)'
	chmod -R a+rwX $d
	capture lo tftp.pcap 'udp'
	atftpd --daemon --no-fork --user root --group root --bind-address 192.0.2.69 --port 69 --logfile $d/log $d/root &
	local server=$!
	sleep 1
	local get="timeout 10 curl -s -o got --interface 192.0.2.10 -m 5 tftp://192.0.2.69"
	$get/boot.bin || true                             # OACK: tsize blksize timeout
	$get/exact.bin --tftp-no-options || true          # ends with an empty block
	$get/empty.bin --tftp-blksize 1428 || true
	$get/motd.txt';mode=netascii' --tftp-no-options || true
	$get/missing.bin || true                          # ERROR 1
	$get/../outside || true
	timeout 10 curl -s --interface 192.0.2.10 -m 5 -T upload.bin tftp://192.0.2.69/put.bin || true
	timeout 10 curl -s --interface 192.0.2.10 -m 5 --tftp-no-options -T upload.bin tftp://192.0.2.69/put2.bin || true
	timeout 10 curl -s --interface 192.0.2.10 -m 5 -T upload.bin tftp://192.0.2.69/no-such-folder/put.bin || true
	timeout 10 atftp --option 'blksize 600' --option 'windowsize 4' --option 'tsize 0' -g -r boot.bin -l got2 192.0.2.69 || true
	timeout 10 atftp --option 'blksize 512' --option 'timeout 3' -p -l upload.bin -r put3.bin 192.0.2.69 || true
	captured
	stop $server
}

record_echo() {
	capture lo echo.pcap 'udp port 7'
	python3 - <<'PY'
# A server of RFC 862 on UDP port 7, IPv4 and IPv6, and clients that talk to it.
import socket, threading, time
def serve(family, addr):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind((addr, 7))
    def run():
        while True:
            b, peer = s.recvfrom(65535)
            if not b.startswith(b"silent"):
                s.sendto(b, peer)
    threading.Thread(target=run, daemon=True).start()
serve(socket.AF_INET, "192.0.2.54")
serve(socket.AF_INET6, "2001:db8::7")
def client(family, addr, port, server):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind((addr, port))
    s.settimeout(0.3)
    def say(b):
        s.sendto(b, (server, 7))
        try:
            s.recv(65535)
        except TimeoutError:
            pass
    return say
one = client(socket.AF_INET, "192.0.2.10", 40001, "192.0.2.54")
two = client(socket.AF_INET, "192.0.2.10", 40002, "192.0.2.54")
six = client(socket.AF_INET6, "2001:db8::10", 40001, "2001:db8::7")
for b in (b"hello", b"", b"\x00\x1b[31m\xff\n", bytes(range(256)), b"x" * 1400):
    one(b)
for i in range(10): # three flows, interleaved
    one(b"one %d" % i); two(b"two %d" % i); six(b"six %d" % i)
two(b"silent: no answer")
PY
	captured
}

record_mdns() {
	local d=$work/mdns peer
	mkdir -p $d/server $d/client /run/dbus /run/avahi-daemon
	unshare --net --mount --uts sleep 200 &
	peer=$!
	sleep 0.3
	ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02
	ip link set v1 netns $peer
	ip addr add 192.0.2.1/24 dev v0
	ip link set v0 up
	local in="nsenter -t $peer -n -m -u"
	$in ip addr add 192.0.2.2/24 dev v1
	$in ip link set v1 up
	$in ip link set lo up
	$in hostname client.example
	$in mount -t tmpfs tmpfs /run
	$in mkdir -p /run/dbus /run/avahi-daemon
	local n
	for n in server client; do
		cat >$d/$n/conf <<CONF
[server]
host-name=$n
domain-name=local
use-ipv4=yes
use-ipv6=yes
allow-interfaces=$([ $n = server ] && echo v0 || echo v1)
enable-dbus=yes
ratelimit-interval-usec=1000000
ratelimit-burst=1000
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
CONF
	done
	mkdir -p $d/services $d/none
	cat >$d/services/web.service <<'XML'
<?xml version="1.0" standalone='no'?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
 <name>Example Web Site</name>
 <service><type>_http._tcp</type><subtype>_printer._sub._http._tcp</subtype><port>80</port>
  <txt-record>path=/index.html</txt-record><txt-record>note=caf&#233;</txt-record></service>
 <service><type>_ipp._tcp</type><port>631</port><txt-record>rp=printers/one</txt-record></service>
</service-group>
XML
	mount --bind $d/services /etc/avahi/services
	$in mount --bind $d/none /etc/avahi/services
	sleep 2 # duplicate address detection of the link-local addresses
	capture v0 mdns.pcap 'udp port 5353'
	dbus-daemon --system --nofork --nopidfile &
	$in dbus-daemon --system --nofork --nopidfile &
	sleep 0.5
	avahi-daemon --no-chroot --no-drop-root --no-rlimits -f $d/server/conf >$d/server/log 2>&1 &
	local server=$!
	sleep 3
	$in avahi-daemon --no-chroot --no-drop-root --no-rlimits -f $d/client/conf >$d/client/log 2>&1 &
	sleep 3
	$in timeout 5 avahi-browse -t -r -a >$d/browse.log 2>&1 || true
	$in timeout 5 avahi-resolve -n server.local >>$d/browse.log 2>&1 || true
	$in timeout 5 avahi-resolve -a 192.0.2.1 >>$d/browse.log 2>&1 || true
	$in timeout 3 avahi-resolve -n missing.local >>$d/browse.log 2>&1 || true
	# A one-shot query from another port (RFC 6762 section 6.7), and one that asks for a unicast answer.
	$in dig +time=1 +tries=1 +noall -b 192.0.2.2 -p 5353 @224.0.0.251 server.local a || true
	kill -TERM $server # says goodbye
	wait $server || true
	captured
	kill $peer
}

for w in $wanted; do
	(record_"$w") 2>"$work/$w.err" || { echo "record.sh: $w failed" >&2; cat "$work/$w.err" >&2; exit 1; }
	if [ -n "${RECORD_LOGS:-}" ]; then
		mkdir -p "$RECORD_LOGS/$w"
		cp "$work/$w.err" "$RECORD_LOGS/$w/"
		(cd "$work/$w" && find . -name "*log" -exec cp --parents {} "$RECORD_LOGS/$w" \;) || true
	fi
done
ls -l "$out"
