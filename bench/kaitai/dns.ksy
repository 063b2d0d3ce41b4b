# A DNS message, RFC 1035, with the records of the benchmark's datagrams. Written for this benchmark.
#
# The Go beside it was made of it with kaitai-struct-compiler 0.10.0 of npm, from this directory:
#
#     npm install --prefix /tmp/ksc kaitai-struct-compiler@0.10.0 js-yaml
#     NODE_PATH=/tmp/ksc/node_modules node make.js && gofmt -w dns.go
meta:
  id: dns
  title: DNS message
  license: CC0-1.0
  endian: be
  encoding: ASCII
seq:
  - id: id
    type: u2
  - id: qr
    type: b1
  - id: opcode
    type: b4
  - id: aa
    type: b1
  - id: tc
    type: b1
  - id: rd
    type: b1
  - id: ra
    type: b1
  - id: z
    type: b1
  - id: ad
    type: b1
  - id: cd
    type: b1
  - id: rcode
    type: b4
  - id: question_count
    type: u2
  - id: answer_count
    type: u2
  - id: authority_count
    type: u2
  - id: additional_count
    type: u2
  - id: questions
    type: question
    repeat: expr
    repeat-expr: question_count
  - id: answers
    type: record
    repeat: expr
    repeat-expr: answer_count
  - id: authority
    type: record
    repeat: expr
    repeat-expr: authority_count
  - id: additional
    type: record
    repeat: expr
    repeat-expr: additional_count
types:
  question:
    seq:
      - id: name
        type: domain_name
      - id: type
        type: u2
      - id: class
        type: u2
  record:
    seq:
      - id: name
        type: domain_name
      - id: type
        type: u2
      - id: class
        type: u2
      - id: ttl
        type: u4
      - id: len_data
        type: u2
      - id: data
        size: len_data
        type:
          switch-on: type
          cases:
            1: address4
            2: domain_name
            5: domain_name
            6: authority_start
            12: domain_name
            15: exchange
            16: texts
            28: address6
            33: service
            41: options
  domain_name:
    seq:
      - id: labels
        type: label
        repeat: until
        repeat-until: _.kind != 0 or _.len == 0
  label:
    seq:
      - id: kind
        type: b2
      - id: len
        type: b6
      - id: low
        type: b8
        if: kind == 3
      - id: text
        type: str
        size: len
        if: kind == 0
    instances:
      target:
        io: _root._io
        pos: len * 256 + low
        type: domain_name
        if: kind == 3
  address4:
    seq:
      - id: address
        size: 4
  address6:
    seq:
      - id: address
        size: 16
  authority_start:
    seq:
      - id: server
        type: domain_name
      - id: mailbox
        type: domain_name
      - id: serial
        type: u4
      - id: refresh
        type: u4
      - id: retry
        type: u4
      - id: expire
        type: u4
      - id: minimum
        type: u4
  exchange:
    seq:
      - id: preference
        type: u2
      - id: host
        type: domain_name
  texts:
    seq:
      - id: strings
        type: short_text
        repeat: eos
  short_text:
    seq:
      - id: len
        type: u1
      - id: text
        size: len
  service:
    seq:
      - id: priority
        type: u2
      - id: weight
        type: u2
      - id: port
        type: u2
      - id: target
        type: domain_name
  options:
    seq:
      - id: options
        type: edns_option
        repeat: eos
  edns_option:
    seq:
      - id: code
        type: u2
      - id: len
        type: u2
      - id: data
        size: len
