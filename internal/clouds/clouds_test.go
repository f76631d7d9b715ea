package clouds

import "testing"

func TestHas(t *testing.T) {
	t.Attr("rules", "C-12.2")
	for host, want := range map[string]bool{
		"graph.microsoft.com": true, "Graph.Microsoft.COM:443": true, "graph.microsoft.com.": true, "dod-graph.microsoft.us": true,
		"microsoftgraph.chinacloudapi.cn": true, "login.partner.microsoftonline.cn:443": true, "sts.windows.net": true,
		"": false, "microsoft.com": false, "x.graph.microsoft.com": false, "graph.microsoft.com.example.test": false, "[::1]:443": false,
	} {
		if Has(host) != want {
			t.Errorf("Has(%q) is not %v", host, want)
		}
	}
	if n := len(Hosts()); n != 11 { // C-12.2 lists eleven
		t.Errorf("%d hosts", n)
	}
}
