using Akka.Remote.Transport.DotNetty;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks the keys that trackers derive from the secret of their cluster.</summary>
public sealed class ClusterSecretSpecs
{
    [Fact]
    public void The_same_secret_yields_the_same_keys_and_another_secret_yields_different_keys()
    {
        var (one, same, other) = (new ClusterSecret("a secret of trackers"), new ClusterSecret("a secret of trackers"),
            new ClusterSecret("a secret of trackerz"));

        Assert.Equal(PublicKey(one), PublicKey(same));
        Assert.Equal(one.ReceiptKey, same.ReceiptKey);
        Assert.NotEqual(PublicKey(one), PublicKey(other));
        Assert.NotEqual(one.ReceiptKey, other.ReceiptKey);
    }

    [Fact]
    public void Only_certificates_with_the_derived_key_are_accepted_whatever_else_they_contain()
    {
        var (own, same, other) = (new ClusterSecret("a secret of trackers").ToTls(), new ClusterSecret("a secret of trackers").ToTls(),
            new ClusterSecret("a secret of trackerz").ToTls());

        Assert.NotEqual(own.Certificate.Thumbprint, same.Certificate.Thumbprint);
        Assert.True(own.Certificate.HasPrivateKey);
        Assert.True(Accepts(own, same));
        Assert.False(Accepts(own, other));
        Assert.False(own.CustomValidator!(null!, null!, "tracker", default, null!));
    }

    [Fact]
    public void The_text_form_of_the_settings_does_not_contain_the_secret() =>
        Assert.DoesNotContain("trackers", $"{new ClusterSettings { Secret = new ClusterSecret("a secret of trackers") }}", StringComparison.Ordinal);

    private static bool Accepts(DotNettySslSetup one, DotNettySslSetup other) =>
        one.CustomValidator!(other.Certificate, null!, "tracker", System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors, null!);

    private static byte[] PublicKey(ClusterSecret secret)
    {
        using var key = secret.ToKeyPair();
        return key.ExportSubjectPublicKeyInfo();
    }
}
