// Package generated holds no code: its sub-packages are the parsers that fsgen makes of the specs in protocols/,
// one package for each protocol. Generated packages import the runtime and the standard library only.
package generated

//go:generate go run ../cmd/fsgen -o bacnet --package bacnet ../protocols/bacnet.fsd
//go:generate go run ../cmd/fsgen -o bfd --package bfd ../protocols/bfd.fsd
//go:generate go run ../cmd/fsgen -o cipio --package cipio ../protocols/cipio.fsd
//go:generate go run ../cmd/fsgen -o classicstun --package classicstun ../protocols/classicstun.fsd
//go:generate go run ../cmd/fsgen -o coap --package coap ../protocols/coap.fsd
//go:generate go run ../cmd/fsgen -o dhcp --package dhcp ../protocols/dhcp.fsd
//go:generate go run ../cmd/fsgen -o dhcpv6 --package dhcpv6 ../protocols/dhcpv6.fsd
//go:generate go run ../cmd/fsgen -o dht --package dht ../protocols/dht.fsd
//go:generate go run ../cmd/fsgen -o dns --package dns ../protocols/dns.fsd
//go:generate go run ../cmd/fsgen -o dtls --package dtls ../protocols/dtls.fsd
//go:generate go run ../cmd/fsgen -o echo --package echo ../protocols/echo.fsd
//go:generate go run ../cmd/fsgen -o enip --package enip ../protocols/enip.fsd
//go:generate go run ../cmd/fsgen -o geneve --package geneve ../protocols/geneve.fsd
//go:generate go run ../cmd/fsgen -o gtp --package gtp ../protocols/gtp.fsd
//go:generate go run ../cmd/fsgen -o gtpv2 --package gtpv2 ../protocols/gtpv2.fsd
//go:generate go run ../cmd/fsgen -o hsrp --package hsrp ../protocols/hsrp.fsd
//go:generate go run ../cmd/fsgen -o ipfix --package ipfix ../protocols/ipfix.fsd
//go:generate go run ../cmd/fsgen -o isakmp --package isakmp ../protocols/isakmp.fsd
//go:generate go run ../cmd/fsgen -o l2tp --package l2tp ../protocols/l2tp.fsd
//go:generate go run ../cmd/fsgen -o ldp --package ldp ../protocols/ldp.fsd
//go:generate go run ../cmd/fsgen -o llmnr --package llmnr ../protocols/llmnr.fsd
//go:generate go run ../cmd/fsgen -o mdns --package mdns ../protocols/mdns.fsd
//go:generate go run ../cmd/fsgen -o nbdgm --package nbdgm ../protocols/nbdgm.fsd
//go:generate go run ../cmd/fsgen -o nbns --package nbns ../protocols/nbns.fsd
//go:generate go run ../cmd/fsgen -o netflow5 --package netflow5 ../protocols/netflow5.fsd
//go:generate go run ../cmd/fsgen -o netflow9 --package netflow9 ../protocols/netflow9.fsd
//go:generate go run ../cmd/fsgen -o ntp --package ntp ../protocols/ntp.fsd
//go:generate go run ../cmd/fsgen -o openvpn --package openvpn ../protocols/openvpn.fsd
//go:generate go run ../cmd/fsgen -o pfcp --package pfcp ../protocols/pfcp.fsd
//go:generate go run ../cmd/fsgen -o ptp --package ptp ../protocols/ptp.fsd
//go:generate go run ../cmd/fsgen -o quic --package quic ../protocols/quic.fsd
//go:generate go run ../cmd/fsgen -o radius --package radius ../protocols/radius.fsd
//go:generate go run ../cmd/fsgen -o rip --package rip ../protocols/rip.fsd
//go:generate go run ../cmd/fsgen -o ripng --package ripng ../protocols/ripng.fsd
//go:generate go run ../cmd/fsgen -o rtcp --package rtcp ../protocols/rtcp.fsd
//go:generate go run ../cmd/fsgen -o rtp --package rtp ../protocols/rtp.fsd
//go:generate go run ../cmd/fsgen -o sflow --package sflow ../protocols/sflow.fsd
//go:generate go run ../cmd/fsgen -o someip --package someip ../protocols/someip.fsd
//go:generate go run ../cmd/fsgen -o stun --package stun ../protocols/stun.fsd
//go:generate go run ../cmd/fsgen -o tftp --package tftp ../protocols/tftp.fsd
//go:generate go run ../cmd/fsgen -o utp --package utp ../protocols/utp.fsd
//go:generate go run ../cmd/fsgen -o vxlan --package vxlan ../protocols/vxlan.fsd
//go:generate go run ../cmd/fsgen -o wireguard --package wireguard ../protocols/wireguard.fsd
