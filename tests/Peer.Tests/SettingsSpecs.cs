using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Configuration;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Tracker;
using TspActors.Tracker.Catalog;

namespace TspActors.Peer.Tests;

/// <summary>
/// Checks that the built-in defaults, the commented file in <c>config</c> and the settings records of both programs agree, and that
/// every key is read.
/// </summary>
public sealed class SettingsSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_built_in_defaults_of_the_peer_equal_the_commented_file() => Assert.Equal(Reference<PeerSettings>(), ConfigFile("peer"));

    [Fact]
    public void The_built_in_defaults_of_the_tracker_equal_the_commented_file() =>
        Assert.Equal(Reference<TrackerSettings>(), ConfigFile("tracker"));

    [Fact]
    public void The_defaults_of_the_peer_equal_those_of_its_settings_records()
    {
        var read = PeerSettingsReader.Read(Peer());
        var records = new PeerSettings { Name = read.Name, DataFolder = read.DataFolder, Music = read.Music, Trackers = read.Trackers };

        Assert.Equal(records, read);
        Assert.Equal([new TrackerAddress("localhost", 7070)], read.Trackers);
        Assert.Equal(new PeerSettings().Trackers, read.Trackers);
    }

    [Fact]
    public void The_defaults_of_the_tracker_equal_those_of_its_settings_records()
    {
        var read = TrackerSettingsReader.Read(Tracker());

        // This default depends on the memory of the machine, so the record does not contain it.
        Assert.InRange(read.Catalog.MemoryBytes, 1, long.MaxValue - 1);
        var records = new TrackerSettings
        {
            Catalog = new CatalogLimits { MemoryBytes = read.Catalog.MemoryBytes },
            KeyFolder = read.KeyFolder,
        };

        Assert.Equal(records, read);
    }

    [Fact]
    public void Every_key_of_the_peer_has_an_effect()
    {
        Assert.All(Peer().Keys, key => Assert.NotEqual(
            Shown(PeerSettingsReader.Read(Peer(NeededFor(key)))), Shown(
                PeerSettingsReader.Read(Peer([.. NeededFor(key), (key, OtherValue(key))])))));
    }

    [Fact]
    public void Every_key_of_the_tracker_has_an_effect()
    {
        Assert.All(Tracker().Keys, key => Assert.NotEqual(
            Shown(TrackerSettingsReader.Read(Tracker(NeededFor(key)))), Shown(
                TrackerSettingsReader.Read(Tracker([.. NeededFor(key), (key, OtherValue(key))])))));
    }

    [Theory]
    [InlineData("tsp.peer.port", "70000")]
    [InlineData("tsp.peer.hosting.chunk", "512k")]
    [InlineData("tsp.peer.hosting.chunks-in-flight", "0")]
    [InlineData("tsp.peer.hosting.max-upload", "10")]
    [InlineData("tsp.peer.hosting.max-upload", "64 kbit/s")]
    [InlineData("tsp.peer.hosting.max-queue", "-1")]
    [InlineData("tsp.peer.hosting.busy-retry-longest", "1s")]
    [InlineData("tsp.peer.hosting.upload-schedule", "[\"23:00-07:00 none\", \"06:59-12:00 2 Mbit/s\"]")]
    [InlineData("tsp.peer.hosting.upload-schedule", "[\"at night none\"]")]
    [InlineData("tsp.peer.hosting.allow", "[\"anna\"]")]
    [InlineData("tsp.peer.hosting.deny", "[\"=0123456789abcdef0123456789abcdef\"]")]
    [InlineData("tsp.peer.port-mapping", "maybe")]
    [InlineData("tsp.peer.reaching.mapping-lease", "30d")]
    [InlineData("tsp.peer.link.reconnect-min", "0s")]
    [InlineData("tsp.peer.listening.rounds", "none")]
    [InlineData("tsp.peer.listening.replay-gain", "loud")]
    [InlineData("tsp.peer.listening.crossfade", "13s")]
    [InlineData("tsp.peer.connections.max-queued", "10")]
    public void An_invalid_value_is_refused_with_its_key(string key, string value)
    {
        var error = Assert.Throws<SettingsException>(() => PeerSettingsReader.Read(Peer((key, value))));

        Assert.Contains(key, Assert.Single(error.Problems).What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_list_of_trackers_is_refused()
    {
        var error = Assert.Throws<SettingsException>(
            () => PeerSettingsReader.Read(Peer(CommandLineSetting.List("tsp.peer.trackers", [], "--tracker"))));

        Assert.Contains("tsp.peer.trackers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_in_flight_that_exceed_the_queue_limit_of_a_connection_are_refused()
    {
        var error = Assert.Throws<SettingsException>(() => PeerSettingsReader.Read(Peer(
            ("tsp.peer.hosting.chunk", "256k"), ("tsp.peer.hosting.chunks-in-flight", "4"), ("tsp.peer.connections.max-queued", "1m"))));

        var problem = Assert.Single(error.Problems).ToString();
        Assert.Contains("tsp.peer.hosting.chunks-in-flight", problem, StringComparison.Ordinal);
        Assert.Contains("tsp.peer.connections.max-queued", problem, StringComparison.Ordinal);
        Assert.NotNull(PeerSettingsReader.Read(Peer(("tsp.peer.hosting.chunk", "256k"), ("tsp.peer.hosting.chunks-in-flight", "15"))));
    }

    [Fact]
    public void A_minimum_wait_above_the_maximum_is_refused()
    {
        var error = Assert.Throws<SettingsException>(() => PeerSettingsReader.Read(Peer(("tsp.peer.link.reconnect-min", "10s"))));

        Assert.Contains("tsp.peer.link.reconnect-min", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("music.example", "music.example")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::5", "2001:db8::5")]
    [InlineData("[2001:db8::5]", "2001:db8::5")]
    [InlineData("", "")]
    public void An_advertised_address_may_have_brackets_and_is_used_without_them(string text, string address) =>
        Assert.Equal(address, PeerSettingsReader.Read(Peer(CommandLineSetting.One("tsp.peer.advertised-address", text, "test"))).AdvertisedAddress);

    [Theory]
    [InlineData("music.example:7071")]
    [InlineData("[2001:db8::5]:7071")]
    [InlineData("a b")]
    public void An_advertised_address_with_a_port_is_refused(string text)
    {
        var error = Assert.Throws<SettingsException>(
            () => PeerSettingsReader.Read(Peer(CommandLineSetting.One("tsp.peer.advertised-address", text, "test"))));

        Assert.Contains("tsp.peer.advertised-address", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("[::1]", "::1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    public void An_address_to_listen_on_may_have_brackets(string text, string address) =>
        Assert.Equal(
            address, $"{PeerSettingsReader.Read(Peer(CommandLineSetting.One("tsp.peer.host", text, "test"))).Endpoint.Address}");

    [Fact]
    public void By_default_both_programs_listen_on_every_address_of_both_families() => Assert.Equal(
        (ListenAddress.Everywhere, ListenAddress.Everywhere),
        (PeerSettingsReader.Read(Peer()).Endpoint.Address, TrackerSettingsReader.Read(Tracker()).Endpoint.Address));

    [Fact]
    public void The_environment_example_in_the_commented_file_names_an_existing_key()
    {
        var example = ConfigFile("peer").Split('\n').Single(
            line => line.Contains("TSP__PEER__", StringComparison.Ordinal)).TrimStart('#', ' ').Split(' ')[0];

        Assert.Contains(example, Peer().Keys);
    }

    [Fact]
    public void The_access_key_is_never_shown()
    {
        var configuration = Peer(("tsp.peer.access-key", "a very secret key"));

        Assert.DoesNotContain("a very secret key", configuration.Print(), StringComparison.Ordinal);
        Assert.DoesNotContain("a very secret key", $"{PeerSettingsReader.Read(configuration)}", StringComparison.Ordinal);
    }

    [Fact]
    public void The_passwords_of_feeds_are_never_shown()
    {
        var configuration = Peer(
            ("tsp.peer.live.password", "hush of all"), ("tsp.peer.live.feeds", "[{ name = A, source = \"icecast:1/a\", password = \"hush of a\" }]"));

        Assert.DoesNotContain("hush", configuration.Print(), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", $"{PeerSettingsReader.Read(configuration)}", StringComparison.Ordinal);
    }

    // A record prints only the type of its lists, so their elements are added here.
    private static string Shown(PeerSettings settings) =>
        $"{settings} {string.Join(' ', settings.Music)} {string.Join(' ', settings.Trackers)} {settings.AccessKey is null}"
        + $" {settings.Hosting.Limits.UploadSchedule} {string.Join(' ', settings.Library.Exclude)} / {string.Join(' ', settings.Library.Include)}"
        + $" {settings.Live} {string.Join(' ', settings.Live.Feeds)}";

    private static string Shown(TrackerSettings settings) => $"{settings} {string.Join(' ', settings.Cluster.SeedNodes)} {string.Join(' ', settings.AllowedMembers)}";

    private static (string Key, string Value)[] NeededFor(string key) => key switch
    {
        "tsp.tracker.cluster.seed-nodes" => [("tsp.tracker.cluster.port", "1")],
        "tsp.tracker.tls.certificate-key" => [("tsp.tracker.tls.certificate", PemCertificate.Value)],
        "tsp.peer.http.certificate-key" => [("tsp.peer.http.certificate", PemCertificate.Value)],
        _ => [],
    };

    private static readonly Lazy<string> Certificate = new(() =>
    {
        using var certificate = NewCertificate();
        var path = Path.Combine(AppContext.BaseDirectory, "settings-specs.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12));
        return path;
    });

    // The certificate and its key.
    private static readonly Lazy<string> PemCertificate = new(() =>
    {
        using var certificate = NewCertificate();
        using var key = certificate.GetECDsaPrivateKey()!;
        var path = Path.Combine(AppContext.BaseDirectory, "settings-specs.pem");
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    });

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=tracker", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static readonly Lazy<string> SecretFile = new(() =>
    {
        var path = Path.Combine(AppContext.BaseDirectory, "settings-specs.secret");
        File.WriteAllText(path, "another secret of mine\n");
        return path;
    });

    private static string OtherValue(string key) => key[(key.LastIndexOf('.') + 1)..] switch
    {
        "feeds" => "[\"Line in=-\"]",
        "password" => "another secret of mine",
        "password-file" => SecretFile.Value,
        "source-address" => "127.0.0.9",
        "burst" or "held" when key.Contains(".live.", StringComparison.Ordinal) => "13s",
        "chunk" or "low-delay-chunk" or "low-delay-burst" when key.Contains(".live.", StringComparison.Ordinal) => "333ms",
        "relay" => "on",
        "replay-gain" => "album",
        "crossfade" => "11s",
        "save-pattern" => "{album}/{title}",
        "keep-queue" or "media-keys" or "pager" => "off",
        "trackers" or "music" or "exclude" or "include" or "allowed-hosts" => "[\"elsewhere\"]",
        "auth" => "none",
        "user" => "other",
        "base-path" => "/other",
        "public-url" => "https://music.example",
        "trusted-proxies" => "[\"127.0.0.1\"]",
        "allow-internet" or "all-encodings" => "on",
        "away-grace" or "release-after" or "busy-wait" or "live-burst" => "11s",
        "memory-cache" or "disk-cache" or "cover-cache" or "cover-memory" or "read-ahead" or "live-backlog" => "9m",
        "encryption" => "require",
        "allow" or "deny" => "[\"anna=0123456789abcdef0123456789abcdef\"]",
        "seed-nodes" => "[\"elsewhere:1\"]",
        "public-address" => "elsewhere:1",
        "certificate" => Certificate.Value,
        "certificate-key" => PemCertificate.Value,
        "certificate-password" => "other",
        "max-close-time" or "stable-after" or "acceptable-pause" or "withdrawal-delay" or "id-offer-wait" => "13s",
        "change-log" or "max-share-size" => "1m",
        "name" or "data" or "advertised-address" or "save-folder" or "audio-device" => "other",
        "access-key" or "secret" => "another secret of mine",
        "access-key-file" or "secret-file" => SecretFile.Value,
        "access-key-delay" => "13s",
        "port-mapping" => "off",
        "mapping-lease" or "mapping-check-interval" => "3h",
        "log-format" => "json",
        "log-level" => "info",
        "host" => "127.0.0.9",
        "enabled" when key.Contains(".relay.", StringComparison.Ordinal) || key.Contains(".mdns.", StringComparison.Ordinal)
            || key.Contains(".monitoring.", StringComparison.Ordinal)
            || key.Contains(".http.", StringComparison.Ordinal) && key.Contains(".peer.", StringComparison.Ordinal) => "on",
        "max-rate" or "max-rate-per-session" => "3 Mbit/s",
        "max-time" => "3m",
        "max-bytes" => "9m",
        "anonymous-requests" or "watch" or "local-endpoints" or "enabled" or "check-inode" => "off",
        "allow-advertised-address" => "on",
        "start-burst" or "busy-retry-after" or "drain-timeout" or "heartbeat-interval" or "quiet-time" or "prefetch" => "11s",
        "sweep-interval" or "sweep-interval-unwatched" or "spread-interval" or "spread-interval-max" or "offer-again-min"
            or "offer-again-max" or "port-check-interval" or "retry-min" or "retry-max" or "retry-interval" or "player-buffer-time"
            or "reload-interval" or "certificate-reload-interval" => "3m",
        "next-host-after" or "next-tracker-after" or "broadcast-delay" or "round-delay" or "start-threshold" or "device-buffer" or "device-retry" => "333ms",
        "max-upload" or "max-upload-per-stream" => "3 Mbit/s",
        "upload-schedule" => "[\"23:00-07:00 none\"]",
        "upload-burst" or "slot-hold" or "ignore-delay" => "2s",
        "busy-retry-longest" or "queue-keep" or "ignore-penalty" => "44s",
        "chunk" or "full-speed-chunk" => "32k",
        "read-buffer" => "48k",
        "per-address-hour" when key.Contains(".changes.", StringComparison.Ordinal) => "1m",
        "max-queued" or "max-receiving" or "max-receiving-per-address" or "large-bodies" => "9m",
        "player-buffer" => "2m",
        "new-free-time" or "free-time" => "2m",
        var name when name.StartsWith("reconnect", StringComparison.Ordinal) => "1s",
        var name when name.EndsWith("timeout", StringComparison.Ordinal) => "1234ms",
        _ => "13",
    };

    private static string Reference<T>() => LoadRequest.EmbeddedReference(typeof(T).Assembly);

    private static string ConfigFile(string program) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "config", $"{program}.conf"));

    private ProgramConfiguration Peer(params (string Key, string Value)[] settings) =>
        Load("peer", Reference<PeerSettings>(), PeerSettingsReader.SecretKeys, settings);

    private ProgramConfiguration Peer(CommandLineSetting setting) =>
        Load("peer", Reference<PeerSettings>(), PeerSettingsReader.SecretKeys, [], setting);

    private ProgramConfiguration Tracker(params (string Key, string Value)[] settings) =>
        Load("tracker", Reference<TrackerSettings>(), TrackerSettingsReader.SecretKeys, settings);

    private ProgramConfiguration Load(
        string program, string reference, IReadOnlyCollection<string> secrets, (string Key, string Value)[] settings,
        params CommandLineSetting[] commandLine)
    {
        var file = _folder.In($"{Guid.NewGuid():N}.conf");
        File.WriteAllLines(file, settings.Select(setting => $"{setting.Key} = {(setting.Value[0] == '[' ? setting.Value : $"\"{setting.Value}\"")}"));
        return ProgramConfiguration.Load(new LoadRequest
        {
            Program = program,
            Reference = reference,
            ConfigFile = file,
            WorkingDirectory = _folder.Path,
            ProgramDirectory = _folder.Path,
            Environment = new Dictionary<string, string>(),
            CommandLine = commandLine,
            SecretKeys = secrets,
            EntryForms = program == "peer" ? PeerSettingsReader.EntryForms : [],
        });
    }
}
