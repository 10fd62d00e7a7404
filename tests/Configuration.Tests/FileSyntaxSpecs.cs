namespace TspActors.Configuration.Tests;

/// <summary>Checks what a HOCON file may contain, and which line is reported when Akka's parser would misread it.</summary>
public sealed class FileSyntaxSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("tsp {\n tracker {\n  port = 1\n }\n", 1, "is never closed")]
    [InlineData("tsp {\n tracker {\n  port = 1\n", 2, "of \"tsp.tracker\" on this line is never closed")]
    [InlineData("tsp.tracker.port = 1\n}\n", 2, "closes nothing")]
    [InlineData("{ tsp.tracker.port = 1\n", 1, "is never closed")]
    [InlineData("{ tsp.tracker.port = 1 }\n}", 2, "after the closing '}'")]
    [InlineData("tsp.tracker.words = [a,\n b\n", 1, "'[' of \"tsp.tracker.words\" on this line is never closed")]
    [InlineData("tsp.tracker.words = [a\ntsp.tracker.port = 1\n", 2, "'='")]
    [InlineData("tsp.tracker {\n words = [a }\n}", 2, "not expected in a list")]
    [InlineData("tsp.tracker.words = a]\n", 1, "']' is not expected here")]
    [InlineData("tsp.tracker.words = [a,,b]\n", 1, "',' is not expected in a list")]
    [InlineData("tsp.tracker.name = \"x\ntsp.tracker.port = 1\n", 1, "not closed on the same line")]
    [InlineData("\ntsp.tracker.name = \"\"\"x\n\n", 2, "never closed")]
    [InlineData("tsp.tracker.name = \"\\q\"\n", 1, "known escape")]
    [InlineData("tsp.tracker.name = \"\\u12\"\n", 1, "known escape")]
    [InlineData("tsp.tracker {\n port\n name = x\n}", 2, "there is no = after \"tsp.tracker.port\"")]
    [InlineData("tsp.tracker.port 1\n", 1, "there is no = after")]
    [InlineData("tsp.tracker.port =\ntsp.tracker.name = x\n", 1, "there is no value after \"tsp.tracker.port\"")]
    [InlineData("tsp.tracker { port = }\n", 1, "there is no value after")]
    [InlineData("tsp.tracker.port =", 1, "there is no value after")]
    [InlineData("tsp.tracker.port = 1 = 2\n", 1, "'=' is outside quotes")]
    [InlineData("\n\ntsp.tracker.upstream = host:7070\n", 3, "':' is outside quotes in the value of \"tsp.tracker.upstream\"")]
    [InlineData("tsp.tracker.words += c\n", 1, "+= is not supported")]
    [InlineData("tsp.tracker.words = [a] [b]\n", 1, "'[' is not expected here")]
    [InlineData("tsp..tracker.port = 1\n", 1, "'.' cannot start a key")]
    [InlineData("tsp.tracker.port. = 1\n", 1, "cannot start a key")]
    [InlineData("tsp.tracker { port = 1 } name = x\n", 1, "'n' is not expected here")]
    [InlineData("[1, 2]\n", 1, "'[' cannot start a key")]
    [InlineData("tsp.tracker.port\u00A0= 1\n", 1, "U+00A0")]
    [InlineData("# c\n\u0007\n", 2, "U+0007")]
    public void A_syntax_error_is_reported_with_its_line(string text, int line, string expected)
    {
        string problem = _bench.ProblemOf(text);
        Assert.StartsWith($"file {_bench.DefaultFile}, line {line}: ", problem);
        Assert.Contains(expected, problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("tsp.tracker {\n  port = ${?PORT}\n}")]
    [InlineData("\ntsp.tracker.port = ${?TSP_PORT}")]
    [InlineData("\ntsp.tracker.port = \"1\"${?X}")]
    [InlineData("# ${?OK}\ntsp.tracker.port = 1 ${?X}")]
    public void An_optional_substitution_is_an_error_that_names_the_variable_to_set(string text)
    {
        string problem = _bench.ProblemOf(text);
        Assert.StartsWith($"file {_bench.DefaultFile}, line 2: ${{?", problem);
        Assert.Contains("is not supported", problem);
        Assert.Contains("TSP__TRACKER__PORT", problem);
    }

    [Fact]
    public void Each_optional_substitution_outside_comments_and_quotes_is_reported()
    {
        _bench.WriteFile(""""
            # ${?A}
            // ${?B}
            tsp.tracker.name = "${?C} \" ${?D}" # ${?E}
            tsp.tracker.access-key = """${?F}"""
            tsp.tracker.words = ["${?G}", ${?H}]
            tsp.tracker.mode = ${?I}
            """");
        Assert.Equal([5, 6], _bench.Load().Problems.Select(problem => int.Parse(problem.Where.Split(' ')[^1])));
    }

    [Theory]
    [InlineData("tsp.tracker.name = ${HOME}", "names nothing that this file defines")]
    [InlineData("tsp.tracker.name = ${tsp.tracker.name}", "itself needs a substitution")]
    [InlineData("a = 1\ntsp.tracker.name = ${b}\nb = ${a}", "itself needs a substitution")]
    [InlineData("tsp.tracker.name = ${tsp}", "itself needs a substitution")]
    [InlineData("tsp.tracker.name = ${a\n", "is not closed on the same line")]
    public void An_unresolvable_substitution_is_an_error(string text, string expected)
    {
        _bench.WriteFile(text);
        Assert.Contains(_bench.Load().Problems, problem => problem.What.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_substitution_of_a_key_in_the_same_file_is_resolved()
    {
        _bench.WriteFile(
            "tsp.tracker { host = \"10.0.0.1\", upstream = ${tsp.tracker.host}\":99\", cluster.seed-nodes = [${tsp.tracker.host}\":1\"] }");
        Assert.Equal(new HostPort("10.0.0.1", 99), _bench.Read().HostPort("tsp.tracker.upstream"));
        Assert.Equal([new HostPort("10.0.0.1", 1)], _bench.Read().HostPortList("tsp.tracker.cluster.seed-nodes"));
    }

    [Theory]
    [InlineData("include \"other.conf\"")]
    [InlineData("tsp { tracker {\ninclude file(\"other.conf\")\n} }")]
    [InlineData("include required(file(x))")]
    public void Include_is_an_error(string text) => Assert.Contains(": include is not supported; copy ", _bench.ProblemOf(text));

    [Theory]
    [InlineData(40)]
    [InlineData(100_000)]
    public void Deep_nesting_is_refused_before_it_can_exhaust_the_stack(int depth)
    {
        Assert.Contains("nested deeper", _bench.ProblemOf(string.Concat(Enumerable.Repeat("a {", depth))));
        Assert.Contains("nested deeper", _bench.ProblemOf("a = " + new string('[', depth)));
        Assert.Contains("nested deeper", _bench.ProblemOf(string.Join('.', Enumerable.Repeat("a", depth)) + " = 1"));
    }

    [Fact]
    public void Too_many_substitutions_are_refused() =>
        Assert.Contains("more than 200", _bench.ProblemOf("a = 1\n" + string.Concat(Enumerable.Repeat("b = ${a}\n", 50_000))));

    [Fact]
    public void Common_forms_of_HOCON_are_read()
    {
        _bench.WriteFile(""""
            // JSON's braces may enclose the whole file
            {
              "tsp" : { tracker
                {
                  name : "a \"quoted\" \\ name with \u00e4"   # comment
                  host = localhost // comment
                  words = [ one two
                    "three, four" # comment
                    """raw \n"""   ,
                  ]
                  heartbeat-interval = 5 s, mode = plain
                  cluster { port = 1 }
                  cluster.seed-nodes =
                    [ "a:1" ]
                }
              }
              akka.actor.deployment { "/user/*" { router = round-robin-pool } }
            }
            """");
        var reader = _bench.Read();
        Assert.Equal("a \"quoted\" \\ name with ä", reader.Text("tsp.tracker.name"));
        Assert.Equal("localhost", reader.Host("tsp.tracker.host"));
        Assert.Equal(["one two", "three, four", "raw \\n"], reader.TextList("tsp.tracker.words"));
        Assert.Equal(TimeSpan.FromSeconds(5), reader.Duration("tsp.tracker.heartbeat-interval", TimeSpan.Zero, TimeSpan.MaxValue));
        Assert.Equal(1, reader.Port("tsp.tracker.cluster.port"));
        Assert.Equal([new HostPort("a", 1)], reader.HostPortList("tsp.tracker.cluster.seed-nodes"));
        Assert.Equal("round-robin-pool", _bench.Load().Config.GetString("akka.actor.deployment.\"/user/*\".router"));
        Assert.Empty(reader.Errors);
    }

    [Fact]
    public void Spaces_inside_quotes_are_kept()
    {
        _bench.WriteFile("tsp.tracker.name = \" x \"   # comment\n");
        Assert.Equal(" x ", _bench.Read().Text("tsp.tracker.name"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n# nothing")]
    [InlineData("{}")]
    [InlineData("tsp { tracker {} }")]
    [InlineData("tsp {}\nakka {}")]
    public void A_file_that_sets_nothing_is_accepted(string text)
    {
        _bench.WriteFile(text);
        Assert.Equal(7070, _bench.Read().Port("tsp.tracker.port"));
        Assert.Equal("INFO", _bench.Load().Config.GetString("akka.loglevel"));
    }

    // Found by fuzzing: keys were copied into messages together with their control characters.
    [Theory]
    [InlineData("tsp.pracker.\u001eame = x")]
    [InlineData("\"\"\u0019")]
    [InlineData("tnamera.fe7={tsp.trI.\u0010\0fe7")]
    [InlineData("tsp.tracker.\u202ename = x")]
    public void A_message_about_a_key_with_control_characters_contains_none_of_them(string text)
    {
        _bench.WriteFile(text);
        Assert.All(_bench.Load().Problems, problem => Assert.DoesNotContain(
            problem.ToString(), letter => char.IsControl(letter) || letter == '\u202e'));
    }
}
