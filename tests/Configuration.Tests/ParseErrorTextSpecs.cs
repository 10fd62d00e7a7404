using System.CommandLine;
using TspActors.Configuration.CommandLines;

namespace TspActors.Configuration.Tests;

/// <summary>Checks that users understand how a wrong command line is reported, with the real messages of System.CommandLine.</summary>
public sealed class ParseErrorTextSpecs
{
    private readonly RootCommand _root = new()
    {
        new Option<int?>("--port"),
        new Option<double>("--share"),
        new Command("list") { new Argument<string?>("TEXT") { Arity = ArgumentArity.ZeroOrOne } },
        new Command("play") { new Argument<string>("ID") },
        new Command("device") { new Command("add") },
    };

    [Theory]
    [InlineData("--port x", "--port needs a whole number, not \"x\"")]
    [InlineData("--share x", "--share needs a number, not \"x\"")]
    [InlineData("list a b", "\"b\" is an unknown command or an extra argument; put several words that belong together in quotes")]
    [InlineData("lsit", "\"lsit\" is an unknown command or an extra argument; put several words that belong together in quotes")]
    [InlineData("play", "play needs a value")]
    [InlineData("--port", "--port needs a value")]
    [InlineData("device", "a command is required")]
    public void No_message_names_a_type_or_an_argument_of_the_library(string line, string message)
    {
        var errors = _root.Parse(line).Errors.Select(error => ParseErrorText.Explain(error.Message)).ToList();

        Assert.Contains(message, errors);
        Assert.All(errors, error => Assert.DoesNotContain("System.", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Other_messages_stay_as_they_are() => Assert.Equal("the disk is full", ParseErrorText.Explain("the disk is full"));
}
