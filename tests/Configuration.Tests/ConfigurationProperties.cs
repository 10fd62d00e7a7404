using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Configuration.Hocon;
using TspActors.Configuration.Layers;

namespace TspActors.Configuration.Tests;

/// <summary>Checks properties that hold for every legal value, however it is written.</summary>
[Properties(Arbitrary = [typeof(ConfigurationProperties)], MaxTest = 60)]
public sealed class ConfigurationProperties : IDisposable
{
    private const string Name = "tsp.tracker.name";
    private const string Words = "tsp.tracker.words";

    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    /// <summary>A one-line value with many characters that have a meaning in HOCON.</summary>
    public sealed record Line(string Text);

    /// <summary>HOCON text, or text that resembles it.</summary>
    public sealed record Scrap(string Text);

    public static Arbitrary<Line> Lines() =>
        Gen.Elements([.. "aZ09 \"\\$?{}[]:=,#/.'`+-_é\u00a0\ufeff\u2028🎵".EnumerateRunes()])
            .ListOf().Select(runes => new Line(string.Concat(runes.Take(40)))).ToArbitrary();

    public static Arbitrary<Scrap> Scraps()
    {
        var signs = Gen.Elements(
            "tsp.tracker.", "port", "words", "a", "{", "}", "[", "]", "=", ":", ",", "\n", " ", "\"", "\"\"\"",
            "#", "//", "${", "${?", "a}", "\\", ".", "include", "\r\n");
        var statements = Gen.Elements(
            "tsp.tracker { ", "akka.x {\n", "\n}\n", " } ", "port = 1\n", "name : \"x\", ", "akka.b=y,", "akka.c = [1, [a b,\n{x=2}\n],]\n",
            "# c }\n", "akka.d = ${akka.b}\n", "akka { a { b = 1 } }\n", "akka.e = { f = {}, g : \"\"\"h\n\"\"\" }, ", "akka\n{\n}\n");
        return Gen.OneOf(statements.ListOf(), statements.ListOf(), Gen.OneOf(signs, statements).ListOf())
            .Select(parts => new Scrap(string.Concat(parts))).ToArbitrary();
    }

    [Property]
    public void A_printed_rate_reads_back_as_the_same_rate(PositiveInt bytes, NonNegativeInt more)
    {
        var rate = new Rate((long)bytes.Get * (1 + (more.Get % 1_000)));

        Assert.True(Rate.TryParse(rate.ToString(), out var read), rate.ToString());
        Assert.Equal(rate, read);
    }

    [Property]
    public void A_value_means_the_same_in_a_file_a_variable_and_an_option(Line value)
    {
        foreach (var set in new Action[] { () => File(value.Text), () => Variable(value.Text), () => Option(value.Text) })
        {
            Clear();
            set();
            var reader = _bench.Read();
            Assert.Equal(value.Text, reader.Text(Name));
            Assert.Empty(reader.Errors);
            // Akka's own getter trims text and returns null for the word null. The settings reader does neither.
            Assert.Equal(value.Text.Trim(), _bench.Load().Config.GetString(Name) ?? "null");
        }
    }

    [Property]
    public void A_list_means_the_same_in_a_file_a_variable_and_an_option(Line[] values)
    {
        string[] texts = [.. values.Select(value => value.Text)];
        var file = $"{Words} = [{string.Join(",\n", texts.Select(HoconText.Quote))}]";
        var option = CommandLineSetting.List(Words, texts, "--word");
        Action[] sources = [() => _bench.WriteFile(file), () => Variables(texts), () => _bench.CommandLine.Add(option)];
        foreach (var set in sources)
        {
            Clear();
            set();
            Assert.Equal(texts, _bench.Load().Find(Words).Items);
        }
    }

    [Property]
    public void The_source_with_the_highest_precedence_wins(
        bool inFile, bool inVariable, bool inOption, Line file, Line variable, Line option)
    {
        Clear();
        if (inFile)
            File(file.Text);
        if (inVariable)
            Variable(variable.Text);
        if (inOption)
            Option(option.Text);
        var (text, kind) = (inFile, inVariable, inOption) switch
        {
            (_, _, true) => (option.Text, OriginKind.CommandLine),
            (_, true, _) => (variable.Text, OriginKind.Environment),
            (true, _, _) => (file.Text, OriginKind.File),
            _ => ("", OriginKind.Default),
        };
        var configuration = _bench.Load();
        Assert.Equal(text, new SettingsReader(configuration).Text(Name));
        Assert.Equal(kind, configuration.OriginOf(Name).Kind);
    }

    [Property]
    public void A_printed_configuration_reads_back_with_the_same_values(Line name, Line[] words)
    {
        Clear();
        Option(name.Text);
        Variables([.. words.Select(word => word.Text)]);
        var before = _bench.Load();
        _bench.Environment.Clear();
        _bench.CommandLine.Clear();
        _bench.WriteFile(before.Print());
        var after = _bench.Load();
        Assert.Empty(after.Problems);
        Assert.Equal(before.Keys, after.Keys);
        Assert.All(before.Keys, key =>
        {
            Assert.Equal(before.Find(key).Text, after.Find(key).Text);
            Assert.Equal(before.Find(key).Items, after.Find(key).Items);
            Assert.Equal(OriginKind.File, after.OriginOf(key).Kind);
            Assert.True(after.OriginOf(key).Line > 0);
        });
    }

    [Property(MaxTest = 400)]
    public void Loading_any_file_yields_a_configuration_or_problems_of_one_line_each(Scrap scrap)
    {
        _bench.WriteFile(scrap.Text);
        var configuration = _bench.Load();
        Assert.All(configuration.Problems, problem => Assert.DoesNotContain('\n', problem.ToString()));
        // The strict reader accepts nothing that Akka's parser refuses, and both see the same keys.
        Assert.DoesNotContain(configuration.Problems, problem => problem.What.Contains("Akka's HOCON parser", StringComparison.Ordinal));
        var settings = FileLayer.Load(_bench.Request).Settings;
        Assert.All(settings, setting => Assert.True(setting.Value.Origin.Line > 0, setting.Key));
        if (settings.Count > 0)
        {
            var outlined = HoconOutline.Read(scrap.Text).Lines.Keys.Where(key => !key.Contains("[]"));
            Assert.All(
                outlined, key => Assert.Contains(settings.Keys, known => $"{known}.".StartsWith($"{key}.", StringComparison.Ordinal)));
        }

        if (configuration.Problems.Count == 0)
            Assert.NotEmpty(configuration.Print());
    }

    private void Clear()
    {
        _bench.WriteFile("");
        _bench.Environment.Clear();
        _bench.CommandLine.Clear();
    }

    private void File(string value) => _bench.WriteFile($"{Name} = {HoconText.Value(value)}");

    private void Variable(string value) => _bench.Environment["TSP__TRACKER__NAME"] = value;

    private void Option(string value) => _bench.CommandLine.Add(CommandLineSetting.One(Name, value, "--name"));

    private void Variables(string[] values)
    {
        if (values.Length == 0)
            _bench.Environment["TSP__TRACKER__WORDS"] = "";
        foreach (var (index, value) in values.Index())
            _bench.Environment[$"TSP__TRACKER__WORDS__{index}"] = value;
    }
}
