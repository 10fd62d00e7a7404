using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks a real tracker with a certificate that openssl has made.</summary>
public sealed class CertificateSpecs
{
    private static readonly string[] Kinds = ["pem", "pfx"];

    [NeedsFact("openssl")]
    public async Task The_printed_command_computes_the_printed_id_for_PEM_and_PKCS12()
    {
        await using var stage = new Stage();
        var (certificate, key) = await MakeAsync(stage);
        var store = stage.Folder.In("tracker.pfx");
        await ShellAsync(stage, $"openssl pkcs12 -export -in {certificate} -inkey {key} -passout pass:sesame -out {store}");
        string[][] environments =
        [
            Variables(certificate, key),
            [$"TSP__TRACKER__TLS__CERTIFICATE={store}", "TSP__TRACKER__TLS__CERTIFICATE_PASSWORD=sesame"],
        ];
        var ids = new List<string>();
        foreach (var (kind, environment) in Kinds.Zip(environments))
        {
            var printed = (await stage.Start("Tracker", ["--print-identity"], environment).ExitsWithAsync(0)).Output.Lines;
            // Otherwise, openssl would ask for the password.
            var command = kind == "pfx"
                ? printed[1].Replace("-nokeys", "-passin pass:sesame -nokeys", StringComparison.Ordinal)
                : printed[1];
            Assert.Equal(printed[0], await ShellAsync(stage, command));
            ids.Add(printed[0]);
        }

        Assert.Equal(ids[0], ids[1]);
    }

    [NeedsFact("openssl")]
    public async Task On_SIGHUP_the_tracker_uses_a_renewed_certificate()
    {
        await using var stage = new Stage();
        var (certificate, key) = await MakeAsync(stage);
        var tracker = await stage.StartTrackerAsync(0, Variables(certificate, key));
        var first = (await tracker.Process.ReportsAsync(@"^tracker ready on tsps://127\.0\.0\.1:\d+#([0-9a-f]{32})$")).Groups[1].Value;
        Assert.Equal(first, await ShownAsync(stage, tracker.Port));

        await MakeAsync(stage);
        tracker.Process.Signal("HUP");
        var change = await tracker.Process.ReportsAsync("the tracker's key has changed from ([0-9a-f]{32}) to ([0-9a-f]{32})");
        Assert.Equal(first, change.Groups[1].Value);
        Assert.Equal(change.Groups[2].Value, await ShownAsync(stage, tracker.Port));
    }

    private static string[] Variables(string certificate, string key) =>
        [$"TSP__TRACKER__TLS__CERTIFICATE={certificate}", $"TSP__TRACKER__TLS__CERTIFICATE_KEY={key}"];

    private static async Task<(string Certificate, string Key)> MakeAsync(Stage stage)
    {
        var (certificate, key) = (stage.Folder.In("fullchain.pem"), stage.Folder.In("privkey.pem"));
        await ShellAsync(
            stage, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=tracker "
            + $"-keyout {key} -out {certificate} 2>/dev/null");
        return (certificate, key);
    }

    // Returns the id of the key that the port shows to openssl.
    private static Task<string> ShownAsync(Stage stage, int port) => ShellAsync(
        stage, $"openssl s_client -connect 127.0.0.1:{port} -alpn tsp/1 </dev/null 2>/dev/null | openssl x509 -pubkey -noout "
        + "| openssl pkey -pubin -outform der | sha256sum | head -c 32");

    private static async Task<string> ShellAsync(Stage stage, string command) =>
        (await stage.StartNative("sh", ["-c", command]).ExitsWithAsync(0)).Output.Text.Trim();
}
