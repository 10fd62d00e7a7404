namespace TspActors.Configuration.Tests;

/// <summary>Checks how a secret is read from the file that a setting names.</summary>
public sealed class SecretFileSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("a long secret")]
    [InlineData("a long secret\n")]
    [InlineData("a long secret\r\n")]
    [InlineData("\uFEFFa long secret\n")]
    public void The_only_line_of_the_file_is_the_secret(string text)
    {
        var (reader, secret) = Read(text);

        Assert.Equal("a long secret", secret);
        Assert.Empty(reader.Errors);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("tell nobody", "fewer than 12 characters")]
    [InlineData("tell nobody\nabout this", "more than one line")]
    [InlineData("tell nobody\n\n", "more than one line")]
    public void Any_other_file_is_refused_and_its_text_is_not_shown(string text, string problem)
    {
        var (reader, secret) = Read(text);

        Assert.Null(secret);
        var error = Assert.Single(reader.Errors).ToString();
        Assert.Contains("tsp.tracker.access-key-file", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.DoesNotContain("tell", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_longer_than_a_secret_may_be_is_refused()
    {
        var (reader, _) = Read(new string('x', 1_000_000));

        Assert.Contains("more than 4096 characters", Assert.Single(reader.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_text_and_a_missing_file_are_refused()
    {
        var path = Path.Combine(_bench.WorkingDirectory, "secret");
        File.WriteAllBytes(path, [0xFF, 0xFE, 0xC3, .. "tell nobody"u8]);
        Assert.Contains("is not UTF-8 text", Assert.Single(ReadFile(path).Reader.Errors).ToString(), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Single(ReadFile(path + ".gone").Reader.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_both_the_secret_and_its_file_is_refused()
    {
        _bench.Environment["TSP__TRACKER__ACCESS_KEY"] = "another long secret";

        var (reader, _) = Read("a long secret");

        Assert.Contains("tsp.tracker.access-key is set too", Assert.Single(reader.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_too_short_is_refused_unless_it_is_empty()
    {
        _bench.Environment["TSP__TRACKER__ACCESS_KEY"] = "tell nobody";
        var reader = _bench.Read();
        Assert.Null(reader.Secret("tsp.tracker.access-key", minLength: 12));
        var error = Assert.Single(reader.Errors).ToString();
        Assert.Contains("12 to 4096 characters", error, StringComparison.Ordinal);
        Assert.DoesNotContain("tell", error, StringComparison.Ordinal);

        _bench.Environment["TSP__TRACKER__ACCESS_KEY"] = "";
        reader = _bench.Read();
        Assert.Null(reader.Secret("tsp.tracker.access-key", minLength: 12));
        Assert.Empty(reader.Errors);
    }

    private (SettingsReader Reader, string? Secret) Read(string text)
    {
        var path = Path.Combine(_bench.WorkingDirectory, "secret");
        File.WriteAllText(path, text);
        return ReadFile(path);
    }

    private (SettingsReader Reader, string? Secret) ReadFile(string path)
    {
        _bench.Environment["TSP__TRACKER__ACCESS_KEY_FILE"] = path;
        var reader = _bench.Read();
        return (reader, reader.SecretOrFile("tsp.tracker.access-key", "tsp.tracker.access-key-file", minLength: 12));
    }
}
