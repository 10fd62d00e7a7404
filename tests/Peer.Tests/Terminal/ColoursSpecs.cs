using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks when an output has colours.</summary>
public sealed class ColoursSpecs
{
    [Theory]
    [InlineData("", true, true)]
    [InlineData("", false, false)]
    [InlineData("TERM=xterm", true, true)]
    [InlineData("TERM=dumb", true, false)]
    [InlineData("NO_COLOR=1", true, false)]
    [InlineData("NO_COLOR=0", true, false)]
    [InlineData("NO_COLOR=", true, true)]
    [InlineData("CLICOLOR=0", true, false)]
    [InlineData("CLICOLOR=1", true, true)]
    [InlineData("CLICOLOR=1", false, false)]
    [InlineData("CLICOLOR_FORCE=1", false, true)]
    [InlineData("CLICOLOR_FORCE=yes", false, true)]
    [InlineData("CLICOLOR_FORCE=0", false, false)]
    [InlineData("CLICOLOR_FORCE=", false, false)]
    [InlineData("CLICOLOR_FORCE=0", true, true)]
    [InlineData("CLICOLOR_FORCE=1 CLICOLOR=0", false, true)]
    [InlineData("CLICOLOR_FORCE=1 TERM=dumb", false, true)]
    [InlineData("CLICOLOR_FORCE=1 NO_COLOR=1", true, false)]
    public void The_environment_decides_first_and_then_whether_the_output_is_a_terminal(string environment, bool isTerminal, bool expected)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('='))
            .ToDictionary(each => each[0], each => each[1]);

        Assert.Equal(expected, Colours.AreWanted(variables.GetValueOrDefault, isTerminal));
    }
}
