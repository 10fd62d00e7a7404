using FsCheck;
using FsCheck.Xunit;

namespace TspActors.Protocol.Tests;

/// <summary>Checks the lines that friends send each other: invitations, and addresses of trackers with their keys.</summary>
public sealed class InvitationLineSpecs
{
    private const string Key = "000102030405060708090a0b0c0d0e0f";
    private const string Code = "abcdefghijkmnpqrstuvwxyz23";
    private const string Line = $"tsps://tracker.example:7071#{Key}?invite={Code}";

    [Fact]
    public void A_line_names_the_tracker_its_key_and_the_code()
    {
        var line = InvitationLine.Parse(Line);

        Assert.Equal(("tracker.example", 7071, Key, Code), (line.Host, line.Port, $"{line.KeyId}", line.Code));
        Assert.Equal(Line, line.ToString());
        Assert.Equal($"tsps://tracker.example:7071#{Key}", line.Tracker.ToString());
    }

    [Theory]
    [InlineData($"  {Line}\r\n")]
    [InlineData($"\"{Line}\"")]
    [InlineData($"'{Line}'")]
    [InlineData($"<{Line}>")]
    [InlineData($"“{Line}”.")]
    [InlineData($"\u00a0({Line}),")]
    [InlineData($"TSPS://tracker.example:7071/#{Key}?invite={Code}")]
    [InlineData($"tsps://tracker.example:7071#000102030405060708090A0B0C0D0E0F?INVITE=ABCDEFGHIJKMNPQRSTUVWXYZ23")]
    public void Characters_that_people_and_programs_put_around_a_line_are_ignored(string pasted) =>
        Assert.Equal(InvitationLine.Parse(Line), InvitationLine.Parse(pasted));

    [Theory]
    [InlineData("tracker.example", "tracker.example", 7070)]
    [InlineData("192.0.2.1:1", "192.0.2.1", 1)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 7070)]
    [InlineData("[2001:db8::1]:65535", "2001:db8::1", 65535)]
    public void A_host_is_a_name_or_an_address_and_the_default_port_is_7070(string place, string host, int port)
    {
        var line = InvitationLine.Parse($"tsps://{place}#{Key}?invite={Code}");

        Assert.Equal((host, port), (line.Host, line.Port));
        Assert.Equal(line, InvitationLine.Parse(line.ToString()));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" '' ", "it is empty")]
    [InlineData("tracker.example:7070", "tsps://")]
    [InlineData($"tsp://tracker.example#{Key}?invite={Code}", "tsps://")]
    [InlineData("tsps://tracker.example:7070", "the # and the tracker's key id")]
    [InlineData($"tsps://tracker.example:7070?invite={Code}", "the # and the tracker's key id")]
    [InlineData("tsps://tracker.example#0001?invite=x", "32 hexadecimal digits")]
    [InlineData($"tsps://tracker.example:7070#{Key}", "?invite=")]
    [InlineData($"tsps://tracker.example:7070#{Key}?invite=", "26 letters and digits")]
    [InlineData($"tsps://tracker.example:7070#{Key}?invite=abcdefghijkmnpqrstuvwxyz2", "26 letters and digits")]
    [InlineData($"tsps://tracker.example:7070#{Key}?invite=abcdefghijkmnpqrstuvwxyz20", "26 letters and digits")]
    [InlineData($"tsps://tracker.example:7070#{Key} ?invite={Code}", "a space or a line break")]
    [InlineData($"tsps://tracker.example:7070#{Key}\n?invite={Code}", "a space or a line break")]
    [InlineData($"tsps://#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://tracker.example:0#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://tracker.example:65536#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://tracker.example:#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://2001:db8::1#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://[2001:db8::1#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://[tracker.example]#{Key}?invite={Code}", "host:port")]
    [InlineData($"tsps://tracker.example/music#{Key}?invite={Code}", "host:port")]
    public void A_message_says_what_is_wrong_without_repeating_the_code(string pasted, string fault)
    {
        var error = Assert.Throws<FormatException>(() => InvitationLine.Parse(pasted));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Contains("paste the whole line", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Code, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_code_has_130_random_bits_and_no_letter_that_looks_like_another()
    {
        var codes = Enumerable.Range(0, 1_000).Select(_ => InvitationCode.NewRandom()).ToList();

        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.True(InvitationCode.IsValid(code), code));
        Assert.Equal(32, codes.SelectMany(code => code).Distinct().Count());
        Assert.DoesNotContain(codes.SelectMany(code => code), letter => "01lo".Contains(letter));
        Assert.True(InvitationCode.Length >= AccessKey.MinLength);
    }

    [Property]
    public void Any_text_is_either_a_line_that_reads_back_or_a_message(NonNull<string> text, byte at)
    {
        // Half of the inputs are nearly right.
        var pasted = at % 2 == 0 ? text.Get : Line.Insert(at % Line.Length, text.Get);
        try
        {
            var line = InvitationLine.Parse(pasted);
            Assert.Equal(line, InvitationLine.Parse(line.ToString()));
        }
        catch (FormatException error)
        {
            Assert.Contains("this is not an invitation", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(Key, "")]
    [InlineData($"anna={Key}", "anna")]
    [InlineData($" anna b. = {Key} ", "anna b.")]
    [InlineData($"a=b={Key}", "a=b")]
    public void A_key_may_have_a_name(string text, string name)
    {
        Assert.True(NamedKey.TryParse(text, out var named));
        Assert.Equal((Key, name), ($"{named!.Key}", named.Name));
        Assert.True(NamedKey.TryParse($"{named}", out var again));
        Assert.Equal(named, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("anna")]
    [InlineData("anna=")]
    [InlineData($"={Key}")]
    [InlineData($"{Key}=anna")]
    [InlineData($"{Key}={Key}")]
    [InlineData($"a\tb={Key}")]
    [InlineData($"a\u200bb={Key}")]
    [InlineData("anna=00010203")]
    public void Any_other_text_is_not_a_named_key(string text) => Assert.False(NamedKey.TryParse(text, out _));

    [Fact]
    public void A_name_has_at_most_64_characters()
    {
        Assert.True(NamedKey.IsName(new string('a', NamedKey.MaxNameLength)));
        Assert.False(NamedKey.IsName(new string('a', NamedKey.MaxNameLength + 1)));
        Assert.False(NamedKey.IsName(null));
    }
}
