using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Lines typed in the console.</summary>
public sealed class ConsoleCommandSpecs
{
    [Theory]
    [InlineData("play 1", "play", "1")]
    [InlineData("  PLAY   the garden of  clocks ", "play", "the garden of  clocks")]
    [InlineData("stop", "stop", "")]
    [InlineData("list\tmoon", "list", "moon")]
    [InlineData("exit", "quit", "")]
    [InlineData("q", "quit", "")]
    public void a_line_is_a_verb_and_the_rest(string line, string verb, string argument) =>
        Assert.Equal(new ConsoleCommand(verb, argument), ConsoleCommand.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    public void an_empty_line_is_nothing(string line) => Assert.Null(ConsoleCommand.Parse(line));

    [Fact]
    public void every_verb_of_the_help_is_understood() =>
        Assert.All(ConsoleCommand.Verbs, known => Assert.Equal(known.Verb, ConsoleCommand.Parse(known.Verb)?.Verb));

    [Fact]
    public void a_slip_is_answered_with_the_nearest_command()
    {
        var error = Assert.Throws<CommandException>(() => ConsoleCommand.Parse("plya 1"));

        Assert.Contains("did you mean play?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void nonsense_is_answered_without_a_guess_and_without_its_escape_codes()
    {
        var error = Assert.Throws<CommandException>(() => ConsoleCommand.Parse("\e[31mxyzzyxyzzy"));

        Assert.DoesNotContain("did you mean", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", error.Message, StringComparison.Ordinal);
    }

    [Property]
    public bool any_line_is_a_command_or_a_clear_error(NonNull<string> line)
    {
        try
        {
            return ConsoleCommand.Parse(line.Get) is null || ConsoleCommand.Verbs.Any(known => known.Verb == ConsoleCommand.Parse(line.Get)!.Verb);
        }
        catch (CommandException error)
        {
            return error.Message.Length > 0 && !error.Message.Any(char.IsControl);
        }
    }
}
