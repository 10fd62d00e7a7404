using System.Text.RegularExpressions;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>Checks that the settings which a page names exist.</summary>
public sealed partial class SettingNameSpecs
{
    [Fact]
    public void The_page_about_stations_names_settings_that_config_peer_conf_explains()
    {
        var known = File.ReadAllText(Path.Combine(DocumentedCommand.Root, "config", "peer.conf"));
        var named = SettingName().Matches(File.ReadAllText(Path.Combine(DocumentedCommand.Root, "docs", "station.md")))
            .Select(match => match.Groups["name"].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Matches($@"\b{name} = ", known));
    }

    // A word with a hyphen, or with a value.
    [GeneratedRegex("`(?<name>[a-z]+(-[a-z]+)+|[a-z]+(?= = ))(?: = [^`]+)?`")]
    private static partial Regex SettingName();
}
