# Go: net/http, azidentity, msgraph-sdk-go
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export SSL_CERT_FILE='/kit/bundle.pem'
export SSL_CERT_DIR='/kit'
export AZURE_AUTHORITY_HOST='https://localhost:3650'
export AZURE_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'
export AZURE_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export AZURE_CLIENT_SECRET='graph-emulator'
#
# // In a Go test, no variable is needed at all:
# client := &http.Client{Transport: graphtest.Start(t).Transport()}
#
# // azidentity and msgraph-sdk-go, without the proxy:
# options := &azidentity.ClientSecretCredentialOptions{DisableInstanceDiscovery: true}
# options.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: "https://localhost:3650"}
# credential, err := azidentity.NewClientSecretCredential("3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10", "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305", "graph-emulator", options)
# auth, err := kiotaauth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(credential, []string{"https://graph.microsoft.com/.default"}, []string{"localhost"})
# adapter, err := msgraphsdk.NewGraphRequestAdapter(auth)
# graph := msgraphsdk.NewGraphServiceClient(adapter)
# graph.GetAdapter().SetBaseUrl("https://localhost:3650/v1.0") // after the client is made: making it sets the address
#
# SSL_CERT_FILE is read on Linux and the BSDs only, once, when the process starts. Addresses of this machine are never asked of a proxy.

# JavaScript: @microsoft/microsoft-graph-client, MSAL, @azure/identity
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export NODE_USE_ENV_PROXY='1'
export NODE_OPTIONS='--require "/kit/node-proxy.cjs"'
export NODE_EXTRA_CA_CERTS='/kit/ca.pem'
export AZURE_AUTHORITY_HOST='https://localhost:3650'
export AZURE_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'
export AZURE_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export AZURE_CLIENT_SECRET='graph-emulator'
#
# // graph-client: the host without its port
# const client = Client.initWithMiddleware({ baseUrl: "https://localhost:3650", customHosts: new Set(["localhost"]), authProvider });
# // MSAL: the host with its port
# const app = new ConfidentialClientApplication({ auth: { clientId: "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305", clientSecret: "graph-emulator",
#   authority: "https://localhost:3650/3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10", knownAuthorities: ["localhost:3650"] } });
# // @azure/identity
# const credential = new ClientSecretCredential("3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10", "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305", "graph-emulator",
#   { authorityHost: "https://localhost:3650", disableInstanceDiscovery: true });
# // Kiota: before the client is made
# adapter.baseUrl = "https://localhost:3650/v1.0";
#
# Over http the graph-client sends no token and follows no next link. fetch and https ask a proxy since Node 22.21 and 24.5; NODE_OPTIONS loads a module that makes older ones do so. NODE_EXTRA_CA_CERTS is read when the process starts.

# .NET: Microsoft.Graph, Azure.Identity
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export SSL_CERT_FILE='/kit/bundle.pem'
export SSL_CERT_DIR='/kit'
export AZURE_AUTHORITY_HOST='https://localhost:3650'
export AZURE_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'
export AZURE_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export AZURE_CLIENT_SECRET='graph-emulator'
#
# var credential = new ClientSecretCredential("3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10", "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305", "graph-emulator",
#     new ClientSecretCredentialOptions { AuthorityHost = new Uri("https://localhost:3650"), DisableInstanceDiscovery = true });
# var auth = new AzureIdentityAuthenticationProvider(credential, new[] { "localhost" }, scopes: new[] { "https://graph.microsoft.com/.default" });
# var graph = new GraphServiceClient(auth, "https://localhost:3650/v1.0");
#
# SSL_CERT_FILE and SSL_CERT_DIR count on Linux. A host that is not on the list gets no token.

# Java: msgraph-sdk-java, azure-identity
export JAVA_TOOL_OPTIONS='-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3650 -Djavax.net.ssl.trustStore=/kit/truststore.jks -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStorePassword=changeit'
export AZURE_AUTHORITY_HOST='https://localhost:3650'
export AZURE_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'
export AZURE_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export AZURE_CLIENT_SECRET='graph-emulator'
#
# var credential = new ClientSecretCredentialBuilder().tenantId("3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10").clientId("c0ffee00-51ab-4c3d-8e77-2b9a64d1f305").clientSecret("graph-emulator")
#     .authorityHost("https://localhost:3650").disableInstanceDiscovery().build();
# var auth = new AzureIdentityAuthenticationProvider(credential, new String[] {"localhost"}, "https://graph.microsoft.com/.default");
# var graph = new GraphServiceClient(auth);
# graph.getRequestAdapter().setBaseUrl("https://localhost:3650/v1.0");
#
# The trust store has the roots of this system and the local CA; its password is changeit.

# Python: msgraph-sdk, azure-identity, MSAL, requests
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export SSL_CERT_FILE='/kit/bundle.pem'
export SSL_CERT_DIR='/kit'
export REQUESTS_CA_BUNDLE='/kit/bundle.pem'
export AZURE_AUTHORITY_HOST='https://localhost:3650'
export AZURE_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'
export AZURE_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export AZURE_CLIENT_SECRET='graph-emulator'
#
# credential = ClientSecretCredential("3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10", "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305", "graph-emulator", authority="https://localhost:3650", disable_instance_discovery=True)
# auth = AzureIdentityAuthenticationProvider(credential, scopes=["https://graph.microsoft.com/.default"], allowed_hosts=["localhost"])
# adapter = GraphRequestAdapter(auth)
# adapter.base_url = "https://localhost:3650/v1.0"
# graph = GraphServiceClient(request_adapter=adapter)
#
# requests reads REQUESTS_CA_BUNDLE, httpx and the standard library SSL_CERT_FILE.

# PHP: microsoft-graph (Guzzle)
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
#
# php -d curl.cainfo='/kit/bundle.pem' -d openssl.cafile='/kit/bundle.pem' app.php
# // or, without the proxy:
# $adapter->setBaseUrl('https://localhost:3650/v1.0');
#
# PHP takes its roots from php.ini and from no variable.

# PowerShell: Microsoft.Graph
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export SSL_CERT_FILE='/kit/bundle.pem'
export SSL_CERT_DIR='/kit'
#
# Add-MgEnvironment -Name GraphEmulator -GraphEndpoint https://localhost:3650 -AzureADEndpoint https://localhost:3650
# $secret = ConvertTo-SecureString 'graph-emulator' -AsPlainText -Force
# Connect-MgGraph -Environment GraphEmulator -TenantId 3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10 -ClientSecretCredential ([pscredential]::new('c0ffee00-51ab-4c3d-8e77-2b9a64d1f305', $secret))
#
# Remove-MgEnvironment -Name GraphEmulator takes it back.

# Terraform: hashicorp/azuread
export SSL_CERT_FILE='/kit/bundle.pem'
export SSL_CERT_DIR='/kit'
export ARM_METADATA_HOSTNAME='localhost:3650'
export ARM_TENANT_ID='3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10'
export ARM_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export ARM_CLIENT_SECRET='graph-emulator'
export CHECKPOINT_DISABLE='1'
#
# provider "azuread" {
#   metadata_host = "localhost:3650"
#   tenant_id     = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10"
#   client_id     = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305"
#   client_secret = "graph-emulator"
# }
#
# The host has no scheme: the provider always asks by https. Run terraform init before the variables are set, or with --proxy-others tunnel. microsoft/msgraph has a fixed address and needs HTTPS_PROXY.

# Azure CLI
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export REQUESTS_CA_BUNDLE='/kit/bundle.pem'
#
# az rest --url 'https://graph.microsoft.com/v1.0/me' --skip-authorization-header
#
# az login also asks the Resource Manager, for which this emulator does not stand; az rest with a token of your own does not.

# CLI for Microsoft 365
export HTTPS_PROXY='http://127.0.0.1:3650'
export NO_PROXY='localhost,127.0.0.1,::1'
export NODE_USE_ENV_PROXY='1'
export NODE_EXTRA_CA_CERTS='/kit/ca.pem'
#
# m365 login --authType secret --appId c0ffee00-51ab-4c3d-8e77-2b9a64d1f305 --tenant 3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10 --secret graph-emulator
#
# Its addresses are fixed: it needs the proxy.

# PnPjs
export NODE_EXTRA_CA_CERTS='/kit/ca.pem'
#
# const graph = graphfi().using(DefaultInit("https://localhost:3650/v1.0"), InjectHeaders({ Authorization: `Bearer ${token}` }));
#
# {{.URL}}/v1.0 works as well.

# rclone 1.76 and later: onedrive
export SSL_CERT_FILE='/kit/bundle.pem'
export SSL_CERT_DIR='/kit'
export RCLONE_CONFIG_GRAPH_TYPE='onedrive'
export RCLONE_CONFIG_GRAPH_TENANT_URL='https://localhost:3650'
export RCLONE_CONFIG_GRAPH_TENANT_API_VERSION='v1.0'
export RCLONE_CONFIG_GRAPH_AUTH_URL='https://localhost:3650/3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10/oauth2/v2.0/authorize'
export RCLONE_CONFIG_GRAPH_TOKEN_URL='https://localhost:3650/3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10/oauth2/v2.0/token'
export RCLONE_CONFIG_GRAPH_CLIENT_CREDENTIALS='true'
export RCLONE_CONFIG_GRAPH_CLIENT_ID='c0ffee00-51ab-4c3d-8e77-2b9a64d1f305'
export RCLONE_CONFIG_GRAPH_CLIENT_SECRET='graph-emulator'
export RCLONE_CONFIG_GRAPH_DRIVE_TYPE='business'
#
# RCLONE_CONFIG_GRAPH_DRIVE_ID=<id of a drive> rclone lsf graph:
#
# Use SSL_CERT_FILE, not only --ca-cert.

# Browsers
#
# chromium --user-data-dir="$(mktemp -d)" --proxy-server=http://127.0.0.1:3650 --ignore-certificate-errors-spki-list=PIN
# chromium --user-data-dir="$(mktemp -d)" --host-resolver-rules="MAP graph.microsoft.com:443 127.0.0.1:3650" --ignore-certificate-errors-spki-list=PIN
#
# A profile of its own keeps the exception away from yours. Do not give the CA to the profile you work with.

# curl and anything else that speaks HTTP
export https_proxy='http://127.0.0.1:3650'
export no_proxy='localhost,127.0.0.1,::1'
export CURL_CA_BUNDLE='/kit/bundle.pem'
#
# curl http://127.0.0.1:3650/v1.0/me
# curl --cacert '/kit/ca.pem' https://localhost:3650/v1.0/me
# curl --cacert '/kit/ca.pem' --proxy http://127.0.0.1:3650 https://graph.microsoft.com/v1.0/me

