// Judges the files 0, 1, 2 … of a folder: each has a trust anchor and what a server presents, or a request. Writes a line
// for each with why Go refuses it, empty where it accepts.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	folder, host := os.Args[1], os.Args[3]
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for index := 0; index < count; index++ {
		content, err := os.ReadFile(filepath.Join(folder, strconv.Itoa(index)))
		if err != nil {
			panic(err)
		}
		reason := ""
		if err := judge(content, host); err != nil {
			reason = strings.Join(strings.Fields(err.Error()), " ")
		}
		fmt.Fprintln(out, reason)
	}
}

func judge(content []byte, host string) error {
	var certificates []*x509.Certificate
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE REQUEST" {
			request, err := x509.ParseCertificateRequest(block.Bytes)
			if err != nil {
				return err
			}
			return request.CheckSignature()
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("parse: %w", err)
		}
		certificates = append(certificates, certificate)
	}
	options := x509.VerifyOptions{DNSName: host, Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	options.Roots.AddCert(certificates[0])
	for _, certificate := range certificates[2:] {
		options.Intermediates.AddCert(certificate)
	}
	_, err := certificates[1].Verify(options)
	return err
}
