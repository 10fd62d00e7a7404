using TspActors.Configuration;
using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks the setting tsp.tracker.allow.</summary>
public sealed class AllowSettingSpecs
{
    [Fact]
    public void Members_are_key_ids_with_or_without_names() => Assert.Equal(
        [new Member(Guests.Key(1), "anna"), new Member(Guests.Key(2), "")], Read($"anna={Guests.Key(1)}", $"{Guests.Key(2)}").AllowedMembers);

    [Theory]
    [InlineData("anna")]
    [InlineData("anna=0101")]
    [InlineData("bob=01010101010101010101010101010101")]
    [InlineData("Anna=02020202020202020202020202020202")]
    public void An_element_that_names_nobody_or_somebody_twice_is_refused(string element)
    {
        var error = Assert.Throws<SettingsException>(() => Read($"anna={Guests.Key(1)}", element));

        var problem = Assert.Single(error.Problems).ToString();
        Assert.Contains("tsp.tracker.allow", problem, StringComparison.Ordinal);
        Assert.Contains(element, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_without_TLS_are_refused()
    {
        var off = CommandLineSetting.One("tsp.tracker.encryption", "off", "--encryption");

        var problem = Assert.Single(Assert.Throws<SettingsException>(() => Read([$"{Guests.Key(1)}"], off)).Problems).ToString();

        Assert.Contains("tsp.tracker.allow", problem, StringComparison.Ordinal);
        Assert.Contains("tsp.tracker.encryption", problem, StringComparison.Ordinal);
        Assert.Equal(TrackerEncryption.Off, Read([], off).Encryption);
    }

    private static TrackerSettings Read(params string[] allow) => Read(allow, []);

    private static TrackerSettings Read(string[] allow, params CommandLineSetting[] more) => TrackerSettingsReader.Read(Load(allow, more));

    private static ProgramConfiguration Load(string[] allow, CommandLineSetting[] more) => ProgramConfiguration.Load(new LoadRequest
    {
        Program = "tracker",
        Reference = LoadRequest.EmbeddedReference(typeof(TrackerSettings).Assembly),
        WorkingDirectory = AppContext.BaseDirectory,
        ProgramDirectory = AppContext.BaseDirectory,
        Environment = new Dictionary<string, string>(),
        CommandLine = [CommandLineSetting.List("tsp.tracker.allow", allow, "--allow"), .. more],
        SecretKeys = TrackerSettingsReader.SecretKeys,
    });
}
