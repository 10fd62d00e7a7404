using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks how lines typed in the console are parsed.</summary>
public sealed class ConsoleCommandsSpecs
{
    [Theory]
    [InlineData("play 1", "play", "1")]
    [InlineData("  PLAY   the garden of  clocks ", "play", "the garden of  clocks")]
    [InlineData("stop", "stop", "")]
    [InlineData("list\tmoon", "list", "moon")]
    [InlineData("exit", "quit", "")]
    [InlineData("q", "quit", "")]
    public void A_line_consists_of_a_command_and_its_argument(string line, string name, string argument)
    {
        var typed = ConsoleCommands.Parse(line);

        Assert.Equal((name, argument), (typed?.Command.Name, typed?.Argument));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    public void An_empty_line_is_ignored(string line) => Assert.Null(ConsoleCommands.Parse(line));

    [Fact]
    public void Every_command_is_found_by_its_name_and_its_aliases_and_names_are_unique()
    {
        Assert.All(ConsoleCommands.All, command =>
            Assert.All([command.Name, .. command.Aliases], name => Assert.Same(command, ConsoleCommands.Parse(name)?.Command)));
        var names = ConsoleCommands.All.SelectMany(command => command.Aliases.Append(command.Name)).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void Every_command_class_is_in_the_list() =>
        Assert.Equal(
            typeof(ConsoleCommand).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(ConsoleCommand)) && !type.IsAbstract).OrderBy(type => type.Name),
            ConsoleCommands.All.Select(command => command.GetType()).OrderBy(type => type.Name));

    [Fact]
    public void The_usage_begins_with_the_name_and_fits_the_column_of_the_help() =>
        Assert.All(ConsoleCommands.All, command =>
        {
            Assert.StartsWith(command.Name, command.Usage, StringComparison.Ordinal);
            Assert.InRange(command.Usage.Length, 1, 24);
            Assert.NotEmpty(command.Summary);
        });

    [Fact]
    public void Only_quit_ends_the_console() =>
        Assert.Equal(["quit"], ConsoleCommands.All.Where(command => command.EndsConsole).Select(command => command.Name));

    [Fact]
    public void The_error_for_a_typo_suggests_the_nearest_command()
    {
        var error = Assert.Throws<CommandException>(() => ConsoleCommands.Parse("plya 1"));

        Assert.Contains("did you mean play?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_for_nonsense_contains_no_suggestion_and_no_escape_codes()
    {
        var error = Assert.Throws<CommandException>(() => ConsoleCommands.Parse("\e[31mxyzzyxyzzy"));

        Assert.DoesNotContain("did you mean", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list --json", "--json")]
    [InlineData("play moon --output x.mp3", "--output")]
    [InlineData("albums --jsn", "--jsn")]
    public void An_option_is_not_treated_as_search_text(string line, string option)
    {
        var error = Assert.Throws<CommandException>(() => ConsoleCommands.Parse(line));

        Assert.StartsWith($"{option} is an option of the program", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list \"--json\"")]
    [InlineData("list -- moon")]
    [InlineData("live start A=exec:ffmpeg --option")]
    public void Dashes_that_are_not_an_option_are_accepted(string line) => Assert.NotNull(ConsoleCommands.Parse(line));

    [Property]
    public bool Any_line_is_a_command_or_a_clear_error(NonNull<string> line)
    {
        try
        {
            return ConsoleCommands.Parse(line.Get) is not { } typed || ConsoleCommands.All.Contains(typed.Command);
        }
        catch (CommandException error)
        {
            return error.Message.Length > 0 && !error.Message.Any(char.IsControl);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(100)]
    [InlineData(60)]
    [InlineData(40)]
    public void Help_fits_the_terminal_and_loses_no_word(int? width)
    {
        foreach (var command in ConsoleCommands.All)
        {
            var lines = HelpCommand.Describe(command, width).ToList();

            Assert.All(lines, line => Assert.InRange(line.Length, 1, width ?? int.MaxValue));
            Assert.StartsWith($"  {command.Usage}", lines[0], StringComparison.Ordinal);
            Assert.All(lines.Skip(1), line => Assert.StartsWith("      ", line, StringComparison.Ordinal));
            Assert.Equal(
                $"{command.Usage} {command.Summary}".Split(' '),
                string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public void Lines_break_between_words_and_only_long_words_are_broken()
    {
        Assert.Equal(["one two", "three"], WordWrap.Lines("one two three", 8));
        Assert.Equal(["/a/very/", "long/pat", "h is"], WordWrap.Lines("/a/very/long/path is", 8));
        Assert.Equal(["夜の列", "車"], WordWrap.Lines("夜の列車", 7));
        Assert.Equal(["", "a"], WordWrap.Lines("", 2).Concat(WordWrap.Lines("a", 2)));
        var line = "state     one two three four five six seven";
        Assert.Equal(["state     one two three four", "          five six seven"], WordWrap.Hanging(line, 10, 31));
        Assert.Equal([line], WordWrap.Hanging(line, 10, null));
        Assert.Equal([line], WordWrap.Hanging(line, 10, 60));
        Assert.Equal(["state     one", "two three", "four five six", "seven"], WordWrap.Hanging(line, 10, 13));
    }
}
