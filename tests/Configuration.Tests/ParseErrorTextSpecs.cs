using System.CommandLine;
using TspActors.Configuration.CommandLines;

namespace TspActors.Configuration.Tests;

/// <summary>Checks that a wrong command line is reported in the words of users, with the real messages of System.CommandLine.</summary>
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
    [InlineData("--port x", "\"x\" is not a whole number, which --port needs")]
    [InlineData("--share x", "\"x\" is not a number, which --share needs")]
    [InlineData("list a b", "\"b\" is too much here, or no command; several words that belong together need quotation marks")]
    [InlineData("lsit", "\"lsit\" is too much here, or no command; several words that belong together need quotation marks")]
    [InlineData("play", "play needs a value")]
    [InlineData("--port", "--port needs a value")]
    [InlineData("device", "name a command, too")]
    public void No_message_names_a_type_or_an_argument_of_the_library(string line, string message)
    {
        var errors = _root.Parse(line).Errors.Select(error => ParseErrorText.Explain(error.Message)).ToList();

        Assert.Contains(message, errors);
        Assert.All(errors, error => Assert.DoesNotContain("System.", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Other_messages_stay_as_they_are() => Assert.Equal("the disk is full", ParseErrorText.Explain("the disk is full"));
}
