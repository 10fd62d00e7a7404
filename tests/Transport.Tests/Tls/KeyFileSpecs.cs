using System.Security.Cryptography;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests.Tls;

public sealed class KeyFileSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-key-").FullName;

    private string FilePath => Path.Combine(_folder, KeyFile.Name);

    [Fact]
    public void The_first_start_creates_a_key_that_only_its_owner_can_read_and_later_starts_use_it()
    {
        var data = Path.Combine(_folder, "data");
        using var first = KeyFile.LoadOrCreate(data);
        using var second = KeyFile.LoadOrCreate(data);
        Assert.Equal(first.KeyId, second.KeyId);
        var file = Assert.Single(Directory.GetFiles(data));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Programs_that_start_at_the_same_time_use_the_same_key()
    {
        const int rounds = 200, programs = 4;
        var ids = new KeyId[rounds, programs];
        using var start = new Barrier(programs);
        await Task.WhenAll(Enumerable.Range(0, programs).Select(program => Task.Factory.StartNew(
            () =>
            {
                for (var round = 0; round < rounds; round++)
                {
                    start.SignalAndWait();
                    using var identity = KeyFile.LoadOrCreate(Path.Combine(_folder, $"{round}"));
                    ids[round, program] = identity.KeyId;
                }
            },
            TaskCreationOptions.LongRunning))).WaitAsync(TimeSpan.FromMinutes(3));
        for (var round = 0; round < rounds; round++)
        {
            Assert.Single(Enumerable.Range(0, programs).Select(program => ids[round, program]).Distinct());
            Assert.Single(Directory.GetFiles(Path.Combine(_folder, $"{round}")));
        }
    }

    [Fact]
    public void The_key_id_is_the_hash_that_openssl_prints()
    {
        using var identity = KeyFile.LoadOrCreate(_folder);
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(FilePath));
        var hash = SHA256.HashData(key.ExportSubjectPublicKeyInfo());
        Assert.Equal(Convert.ToHexStringLower(hash)[..32], identity.KeyId.ToString());
        Assert.Equal(identity.KeyId.ToString(), identity.KeyId.ToPeerId().ToString());
        Assert.True(KeyId.TryParse(identity.KeyId.ToString(), out var parsed));
        Assert.Equal(identity.KeyId, parsed);
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused_with_the_command_that_fixes_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        KeyFile.LoadOrCreate(_folder).Dispose();
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refused = Assert.Throws<KeyFileException>(() => KeyFile.LoadOrCreate(_folder));
        Assert.EndsWith($"chmod 600 {FilePath}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("P-384")]
    [InlineData("RSA")]
    [InlineData("public")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void A_file_without_a_private_P256_key_is_refused(string kind)
    {
        Write(kind switch
        {
            "P-384" => Curve(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem(),
            "RSA" => RSA.Create(2048).ExportPkcs8PrivateKeyPem(),
            "public" => Curve(ECCurve.NamedCurves.nistP256).ExportSubjectPublicKeyInfoPem(),
            _ => kind,
        });
        var refused = Assert.Throws<KeyFileException>(() => KeyFile.LoadOrCreate(_folder));
        Assert.Contains("does not hold a private P-256 key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_reported()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.Throws<KeyFileException>(() => KeyFile.LoadOrCreate(file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ECDsa Curve(ECCurve curve) => ECDsa.Create(curve);

    private void Write(string text)
    {
        File.WriteAllText(FilePath, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
