using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks trackers that authenticate each other with certificates from their own authority.</summary>
public sealed class ClusterTlsSpecs
{
    private const string Password = "not \"plain\"";

    [NeedsFact("lame")]
    public async Task Trackers_with_certificates_from_one_authority_form_a_cluster_and_admit_no_other_tracker()
    {
        await using var stage = new Stage();
        using var authority = Authority("CN=trackers");
        using var strangers = Authority("CN=strangers");
        // The stranger also trusts its own authority, as it would a public one. The cluster trusts only the cluster's authority.
        var trusted = Written(stage, "ca.pem", authority.ExportCertificatePem());
        var trustedByStranger = Written(stage, "both.pem", authority.ExportCertificatePem() + "\n" + strangers.ExportCertificatePem());
        string[] With(X509Certificate2 by, string name, string roots) =>
            [$"TSP__TRACKER__CLUSTER__CERTIFICATE={Certificate(stage, by, name)}",
                $"TSP__TRACKER__CLUSTER__CERTIFICATE_PASSWORD={Password}", $"SSL_CERT_FILE={roots}"];
        var cluster = await TrackerCluster.StartAsync(stage, 3, started: 2, With(authority, "tracker", trusted));
        stage.Share("peer0", "0.mp3", await Songs.ToneAsync(440, 0.5));
        await cluster.StartPeerAsync("peer0", 0);
        await cluster.ListsAsync(cluster.Trackers[1], songs => songs.Count == 1, "with TLS");

        // The stranger has the address of the cluster's third tracker, so the first two keep trying to connect to it. This must do no
        // harm.
        var foreign = cluster.Begin(2, With(strangers, "stranger", trustedByStranger));
        var plain = cluster.BeginOther("TSP__TRACKER__CLUSTER__CERTIFICATE=");
        // This tracker's own handshakes also fail, because it trusts only its own authority.
        var distrustful = cluster.BeginOther(
            With(strangers, "distrustful", Written(stage, "strangers.pem", strangers.ExportCertificatePem())));
        var outside = new[] { foreign, plain, distrustful };
        await Task.WhenAll(outside.Select(tracker => tracker.ReportsAsync("no other tracker of the cluster accepts this one")));

        Assert.All(outside, tracker => Assert.DoesNotContain("ready", tracker.Errors.Text, StringComparison.Ordinal));
        Assert.All(
            cluster.Trackers[..2],
            tracker => Assert.DoesNotContain("no longer in its cluster", tracker.Process.Errors.Text, StringComparison.Ordinal));
        Assert.Single(await TrackerCluster.ListAsync(cluster.Trackers[0]));

        // All three outsiders stop on request. With a certificate from the authority, the third tracker joins.
        foreach (var tracker in outside)
            tracker.Signal("TERM");
        await Task.WhenAll(outside.Select(tracker => tracker.ExitsWithAsync(0)));
        await cluster.StartAsync(2);
        await cluster.ListsAsync(cluster.Trackers[2], songs => songs.Count == 1, "the third");
        Assert.All(
            cluster.Trackers,
            tracker => Assert.DoesNotContain("no longer in its cluster", tracker.Process.Errors.Text, StringComparison.Ordinal));
        foreach (var tracker in cluster.Trackers)
            tracker.Process.Signal("TERM");
        await Task.WhenAll(cluster.Trackers.Select(tracker => tracker.Process.ExitsWithAsync(0)));
    }

    [Fact]
    public async Task A_tracker_with_an_unusable_certificate_exits_and_reports_it()
    {
        await using var stage = new Stage();
        using var authority = Authority("CN=trackers");
        async Task<string> FailureAsync(string certificate, string password) =>
            await stage.Start("Tracker", ["--cluster-port", "7072"], [
                $"TSP__TRACKER__CLUSTER__CERTIFICATE={certificate}", $"TSP__TRACKER__CLUSTER__CERTIFICATE_PASSWORD={password}",
            ]).FailsWithAsync(2);

        Assert.Contains(
            "tsp.tracker.cluster.certificate", await FailureAsync(Certificate(stage, authority, "tracker"), "wrong"),
            StringComparison.Ordinal);
        Assert.Contains("nowhere.pfx", await FailureAsync(stage.Folder.In("nowhere.pfx"), Password), StringComparison.Ordinal);
        Assert.Contains(
            "ca.pem", await FailureAsync(Written(stage, "ca.pem", authority.ExportCertificatePem()), Password), StringComparison.Ordinal);
    }

    private static string Written(Stage stage, string name, string text)
    {
        var path = stage.Folder.In(name);
        File.WriteAllText(path, text);
        return path;
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
    }

    private static string Certificate(Stage stage, X509Certificate2 authority, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(6), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        var path = stage.Folder.In($"{name}.pfx");
        File.WriteAllBytes(path, whole.Export(X509ContentType.Pkcs12, Password));
        return path;
    }
}
