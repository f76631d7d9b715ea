// A client of directory and governance, run against the emulator; kept out of the module that users import.
module github.com/graph-emulator/graph-emulator/ci/clients/hamilton

go 1.26

require github.com/manicminer/hamilton v0.72.0

require (
	github.com/golang/protobuf v1.5.3 // indirect
	github.com/hashicorp/go-azure-helpers v0.66.1 // indirect
	github.com/hashicorp/go-azure-sdk/sdk v0.20240125.1115017 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.5 // indirect
	github.com/hashicorp/go-uuid v1.0.3 // indirect
	github.com/hashicorp/go-version v1.6.0 // indirect
	golang.org/x/crypto v0.18.0 // indirect
	golang.org/x/net v0.20.0 // indirect
	golang.org/x/oauth2 v0.16.0 // indirect
	google.golang.org/appengine v1.6.7 // indirect
	google.golang.org/protobuf v1.31.0 // indirect
	software.sslmate.com/src/go-pkcs12 v0.4.0 // indirect
)
