namespace TspActors.Configuration.Tests;

/// <summary>Checks how typed values are read, and the messages for values of the wrong type.</summary>
public sealed class SettingsReaderSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("0", true)]
    [InlineData("-5", true)]
    [InlineData("10", true)]
    [InlineData("11", false)]
    [InlineData("-6", false)]
    [InlineData("1.0", false)]
    [InlineData("1e1", false)]
    [InlineData(" 1", false)]
    [InlineData("99999999999", false)]
    [InlineData("ten", false)]
    [InlineData("", false)]
    public void A_whole_number_must_be_within_its_bounds(string text, bool legal) =>
        Judge(text, legal, "a whole number from -5 to 10", reader => reader.Int("tsp.tracker.name", -5, 10));

    [Theory]
    [InlineData("1", true)]
    [InlineData("65535", true)]
    [InlineData("0", false)]
    [InlineData("65536", false)]
    [InlineData("-1", false)]
    public void A_port_must_be_between_1_and_65535(string text, bool legal) =>
        Judge(text, legal, "a port from 1 to 65535", reader => reader.Port("tsp.tracker.name"));

    [Theory]
    [InlineData("0", true)]
    [InlineData("65536", false)]
    public void Port_0_is_accepted_if_it_means_any_port(string text, bool legal) =>
        Judge(text, legal, "or 0 for any", reader => reader.Port("tsp.tracker.name", zeroMeansAny: true));

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    [InlineData("no", false)]
    public void A_switch_is_on_or_off(string text, bool expected)
    {
        _bench.Environment["TSP__TRACKER__ANONYMOUS_REQUESTS"] = text;
        var reader = _bench.Read();
        Assert.Equal(expected, reader.Bool("tsp.tracker.anonymous-requests"));
        Assert.Empty(reader.Errors);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("True")]
    [InlineData("ON")]
    [InlineData("")]
    public void Any_other_text_is_not_a_switch(string text) =>
        Judge(text, legal: false, "on or off", reader => reader.Bool("tsp.tracker.name"));

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("10s", 10_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("0s", 0)]
    public void A_duration_is_a_number_with_a_unit(string text, int milliseconds)
    {
        _bench.Environment["TSP__TRACKER__HEARTBEAT_INTERVAL"] = text;
        var reader = _bench.Read();
        Assert.Equal(
            TimeSpan.FromMilliseconds(milliseconds),
            reader.Duration("tsp.tracker.heartbeat-interval", TimeSpan.Zero, TimeSpan.FromHours(1)));
        Assert.Empty(reader.Errors);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 fortnight")]
    [InlineData("1S")]
    [InlineData("1..5s")]
    [InlineData("1s ")]
    [InlineData("infinite")]
    [InlineData("61m")]
    [InlineData("999ms")]
    [InlineData("999999999999999999d")]
    [InlineData("99999999999999999999999999999999d")]
    [InlineData("1.00000001s")]
    public void Any_other_text_is_not_a_duration(string text) =>
        Judge(text, legal: false, "a duration from 1s to 1h, with a unit",
            reader => reader.Duration("tsp.tracker.name", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("64k", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("256 KiB", 262144)]
    [InlineData("1m", 1048576)]
    [InlineData("1.5MiB", 1572864)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("3g", 3L << 30)]
    [InlineData("0", 0)]
    public void A_size_is_a_number_with_or_without_a_unit(string text, long bytes)
    {
        _bench.Environment["TSP__TRACKER__MAX_FRAME"] = text;
        var reader = _bench.Read();
        Assert.Equal(bytes, reader.Bytes("tsp.tracker.max-frame", 0, 4L << 30));
        Assert.Empty(reader.Errors);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("KB")]
    [InlineData("1TB")]
    [InlineData("-1")]
    [InlineData("1023")]
    [InlineData("2097153")]
    [InlineData("999999999999999999g")]
    public void Any_other_text_is_not_a_size(string text) =>
        Judge(text, legal: false, "a size from 1KiB to 2MiB", reader => reader.Bytes("tsp.tracker.name", 1024, 2 << 20));

    [Theory]
    [InlineData("auto", null)]
    [InlineData("0", 0L)]
    [InlineData("2g", 2L << 30)]
    public void A_size_may_be_auto(string text, long? bytes)
    {
        _bench.Environment["TSP__TRACKER__MAX_FRAME"] = text;
        var reader = _bench.Read();
        Assert.Equal(bytes, reader.BytesOrAuto("tsp.tracker.max-frame", 0, 4L << 30));
        Assert.Empty(reader.Errors);
    }

    [Theory]
    [InlineData("10 Mbit/s", 1_250_000)]
    [InlineData("2Mbit/s", 250_000)]
    [InlineData("1.5 Mbit/s", 187_500)]
    [InlineData("256 kbit/s", 32_000)]
    [InlineData("500 kB/s", 500_000)]
    [InlineData("64KiB/s", 65_536)]
    [InlineData("none", 0)]
    [InlineData("unlimited", 0)]
    [InlineData("0", 0)]
    public void A_rate_is_a_number_with_a_unit_or_a_word_for_no_limit(string text, long bytesPerSecond)
    {
        _bench.Environment["TSP__TRACKER__NAME"] = text;
        var reader = _bench.Read();
        Assert.Equal(new Rate(bytesPerSecond), reader.Rate("tsp.tracker.name", new Rate(1000), new Rate(1L << 40)));
        Assert.Empty(reader.Errors);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("10 MB")]
    [InlineData("Mbit/s")]
    [InlineData("-1 Mbit/s")]
    [InlineData("1 mbit/s")]
    [InlineData("7 kbit/s")]
    [InlineData("9 Mbit/s")]
    [InlineData("1 bit/s")]
    public void Any_other_text_is_not_a_rate(string text) =>
        Judge(text, legal: false, "a rate from 8 kbit/s to 8 Mbit/s, such as 10 Mbit/s or 500 kB/s, or none",
            reader => reader.Rate("tsp.tracker.name", new Rate(1_000), new Rate(1_000_000)));

    [Theory]
    [InlineData("", 0, true)]
    [InlineData("", 1, false)]
    [InlineData("12345", 0, true)]
    [InlineData("123456", 0, false)]
    [InlineData("a\nb", 0, false)]
    public void A_string_must_be_one_line_of_an_allowed_length(string text, int minLength, bool legal) =>
        Judge(text, legal, "one line of", reader => reader.Text("tsp.tracker.name", maxLength: 5, minLength));

    [Theory]
    [InlineData("plain", true)]
    [InlineData("Plain", false)]
    [InlineData("", false)]
    public void A_choice_must_be_one_of_the_allowed_words(string text, bool legal) =>
        Judge(text, legal, "write plain, fancy or none", reader => reader.OneOf("tsp.tracker.name", "plain", "fancy", "none"));

    [Theory]
    [InlineData("0.0.0.0", true)]
    [InlineData("::", true)]
    [InlineData("tracker.example.org", true)]
    [InlineData("my_tracker-1", true)]
    [InlineData("a b", false)]
    [InlineData("a:1", false)]
    [InlineData("", false)]
    [InlineData("-x", false)]
    public void A_host_is_a_name_or_an_address(string text, bool legal) =>
        Judge(text, legal, "a host name or an address", reader => reader.Host("tsp.tracker.name"));

    [Theory]
    [InlineData("localhost:7070", "localhost", 7070)]
    [InlineData("10.1.2.3:1", "10.1.2.3", 1)]
    [InlineData("[::1]:65535", "::1", 65535)]
    [InlineData("tracker", "tracker", 4711)]
    [InlineData("[fe80::1]", "fe80::1", 4711)]
    public void An_address_is_a_host_and_a_port(string text, string host, int port)
    {
        _bench.Environment["TSP__TRACKER__UPSTREAM"] = text;
        var reader = _bench.Read();
        var read = reader.HostPort("tsp.tracker.upstream", defaultPort: 4711);
        Assert.Equal(new HostPort(host, port), read);
        Assert.Empty(reader.Errors);
        Assert.True(HostPort.TryParse(read.ToString(), null, out var again));
        Assert.Equal(read, again);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+1")]
    [InlineData("host: 1")]
    [InlineData(":1")]
    [InlineData("::1:7070")]
    [InlineData("[::1")]
    [InlineData("[::1]7070")]
    [InlineData("[localhost]:1")]
    [InlineData("http://x:1")]
    [InlineData("a b:1")]
    [InlineData("")]
    [InlineData("[]:1")]
    public void Any_other_text_is_not_an_address(string text) =>
        Judge(text, legal: false, "host:port or [v6 address]:port", reader => reader.HostPort("tsp.tracker.name"));

    [Fact]
    public void A_section_is_read_with_short_keys_but_reports_full_keys()
    {
        _bench.WriteFile("tsp.tracker { port = many, cluster.port = 70000 }");
        var reader = new SettingsReader(_bench.Load());
        var cluster = reader.Section("tsp.tracker").Section("cluster");

        Assert.Equal(7070, reader.Section("tsp.tracker").Port("port"));
        Assert.Equal(0, cluster.Port("port", zeroMeansAny: true));
        cluster.Reject("seed-nodes", "it is empty", "write one");

        Assert.Equal(
            ["tsp.tracker.port is \"many\"", "tsp.tracker.cluster.port is \"70000\"", "tsp.tracker.cluster.seed-nodes: it is empty"],
            reader.Errors.Select(problem => problem.What));
        Assert.DoesNotContain("tsp.tracker.cluster.port", reader.UnreadKeys);
        Assert.Contains("tsp.tracker.cluster.seed-nodes", reader.UnreadKeys);
    }

    [Fact]
    public void An_invalid_element_of_a_list_is_reported_with_its_index()
    {
        _bench.WriteFile("tsp.tracker {\n peers = [\"a:1\", b, \"c:3\"]\n}");
        var reader = _bench.Read();
        Assert.Equal([new HostPort("a", 1), new HostPort("c", 3)], reader.HostPortList("tsp.tracker.peers"));
        Assert.Equal(
            $"file {_bench.DefaultFile}, line 2: tsp.tracker.peers[1] is \"b\"; write host:port or [v6 address]:port",
            Assert.Single(reader.Errors).ToString());
        Assert.Equal(3, _bench.Read().HostPortList("tsp.tracker.peers", defaultPort: 7070).Count);
    }

    [Fact]
    public void A_list_that_is_too_long_or_contains_an_empty_string_is_an_error()
    {
        _bench.WriteFile("tsp.tracker.words = [a, \"\", c]");
        var reader = _bench.Read();
        reader.TextList("tsp.tracker.words", maxCount: 2);
        Assert.Collection(reader.Errors,
            tooLong => Assert.Contains("it has 3 elements; write at most 2", tooLong.ToString()),
            empty => Assert.Contains("tsp.tracker.words[1] is \"\"", empty.ToString()));
    }

    [Fact]
    public void A_secret_appears_in_no_message_and_the_asterisks_shown_in_its_place_are_refused()
    {
        _bench.Environment["TSP__TRACKER__ACCESS_KEY"] = "tell\nnobody";
        var reader = _bench.Read();
        Assert.Null(reader.Secret("tsp.tracker.access-key"));
        reader.Int("tsp.tracker.access-key", 0, 1);
        Assert.Equal(2, reader.Errors.Count);
        Assert.All(reader.Errors, error => Assert.DoesNotContain("tell", error.ToString()));

        _bench.Environment["TSP__TRACKER__ACCESS_KEY"] = "********";
        reader = _bench.Read();
        Assert.Null(reader.Secret("tsp.tracker.access-key"));
        Assert.Contains("other than the asterisks", Assert.Single(reader.Errors).ToString());

        _bench.Environment["TSP__TRACKER__ACCESS_KEY"] = "hush";
        Assert.Equal("hush", _bench.Read().Secret("tsp.tracker.access-key"));
    }

    [Fact]
    public void A_long_value_is_shortened_in_messages()
    {
        _bench.Environment["TSP__TRACKER__PORT"] = new string('9', 5000);
        var reader = _bench.Read();
        reader.Port("tsp.tracker.port");
        Assert.True(Assert.Single(reader.Errors).ToString().Length < 250);
    }

    [Fact]
    public void After_an_invalid_value_the_default_is_returned_and_reading_continues()
    {
        _bench.Environment["TSP__TRACKER__PORT"] = "x";
        _bench.Environment["TSP__TRACKER__HEARTBEAT_INTERVAL"] = "10";
        var reader = _bench.Read();
        Assert.Equal(7070, reader.Port("tsp.tracker.port"));
        Assert.Equal(TimeSpan.FromSeconds(10), reader.Duration("tsp.tracker.heartbeat-interval", TimeSpan.Zero, TimeSpan.MaxValue));
        Assert.Equal(2, Assert.Throws<SettingsException>(reader.ThrowIfAny).Problems.Count);
    }

    [Fact]
    public void A_program_can_reject_a_value_that_only_it_can_judge()
    {
        _bench.CommandLine.Add(CommandLineSetting.One("tsp.tracker.port", "1", "--port"));
        var reader = _bench.Read();
        reader.Reject("tsp.tracker.port", "it is the cluster's port too", "choose two ports");
        Assert.Equal(
            "command line --port: tsp.tracker.port: it is the cluster's port too; choose two ports",
            Assert.Single(reader.Errors).ToString());
    }

    [Fact]
    public void The_reader_knows_which_keys_were_not_read()
    {
        var reader = _bench.Read();
        Assert.Contains("tsp.tracker.port", reader.UnreadKeys);
        reader.Port("tsp.tracker.port");
        Assert.DoesNotContain("tsp.tracker.port", reader.UnreadKeys);
    }

    [Fact]
    public void Reading_an_undefined_key_or_a_key_as_the_wrong_type_is_a_bug_and_throws()
    {
        var reader = _bench.Read();
        Assert.Throws<ArgumentException>(() => reader.Port("tsp.tracker.prot"));
        Assert.Throws<ArgumentException>(() => reader.Text("tsp.tracker.words"));
        Assert.Throws<ArgumentException>(() => reader.TextList("tsp.tracker.name"));
        Assert.Throws<ArgumentException>(() => reader.Secret("tsp.tracker.name"));
    }

    private void Judge<T>(string text, bool legal, string rule, Func<SettingsReader, T> read)
    {
        // Any key that takes a single value will do: the method of the reader decides which values are legal.
        _bench.Environment["TSP__TRACKER__NAME"] = text;
        var reader = _bench.Read();
        read(reader);
        if (legal)
        {
            Assert.Empty(reader.Errors);
            return;
        }

        string error = Assert.Single(reader.Errors).ToString();
        Assert.StartsWith("environment TSP__TRACKER__NAME: tsp.tracker.name is ", error);
        Assert.Contains(rule, error);
        Assert.DoesNotContain('\n', error);
    }
}
