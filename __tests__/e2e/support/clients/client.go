// A TLS client: dials a host at a port, and verifies what it finds by a name and the authorities in a file.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
)

func main() {
	if err := verify(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("verified")
}

func verify(host, port, name, authorities string) error {
	pem, err := os.ReadFile(authorities)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	socket, err := net.Dial("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	defer socket.Close()
	return tls.Client(socket, &tls.Config{ServerName: name, RootCAs: roots}).Handshake()
}
