namespace TspActors.Configuration.Tests;

/// <summary>Checks how environment variables become settings.</summary>
public sealed class EnvironmentSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("TSP__TRACKER__HEARTBEAT_INTERVAL")]
    [InlineData("tsp__tracker__heartbeat_interval")]
    [InlineData("Tsp__Tracker__Heartbeat_Interval")]
    public void Double_underscores_become_dots_and_single_ones_dashes_in_upper_or_lower_case(string variable)
    {
        _bench.Environment[variable] = "7s";
        Assert.Equal(TimeSpan.FromSeconds(7), _bench.Read().Duration("tsp.tracker.heartbeat-interval", TimeSpan.Zero, TimeSpan.MaxValue));
        Assert.Equal($"environment {variable}", _bench.Load().OriginOf("tsp.tracker.heartbeat-interval").ToString());
    }

    [Theory]
    [InlineData("a \"b\" \\ ${?C} { } [ ] # // = : , ' `")]
    [InlineData("True")]
    [InlineData("null")]
    [InlineData("  ")]
    [InlineData("")]
    [InlineData("ä 🎵")]
    public void A_value_is_taken_literally(string value)
    {
        _bench.Environment["TSP__TRACKER__NAME"] = value;
        _bench.Environment["AKKA__X"] = "a \"b\" \\ ${?C} {";
        Assert.Equal(value, _bench.Read().Text("tsp.tracker.name"));
        Assert.Equal("a \"b\" \\ ${?C} {", _bench.Load().Config.GetString("akka.x"));
    }

    [Fact]
    public void Elements_of_a_list_are_numbered_and_gaps_are_allowed()
    {
        _bench.Environment["TSP__TRACKER__WORDS__10"] = "k";
        _bench.Environment["TSP__TRACKER__WORDS__0"] = "a";
        _bench.Environment["TSP__TRACKER__WORDS__2"] = "c";
        Assert.Equal(["a", "c", "k"], _bench.Read().TextList("tsp.tracker.words"));
        Assert.Equal(
            "environment TSP__TRACKER__WORDS__0 to TSP__TRACKER__WORDS__10", _bench.Load().OriginOf("tsp.tracker.words").ToString());
    }

    [Fact]
    public void An_empty_variable_sets_an_empty_list()
    {
        _bench.Environment["TSP__TRACKER__WORDS"] = "";
        Assert.Empty(_bench.Read().TextList("tsp.tracker.words"));
    }

    [Theory]
    [InlineData("TSP__TRACKER__WORDS", "takes a list of plain values; set TSP__TRACKER__WORDS__0 and so on")]
    [InlineData("TSP__TRACKER__PORT__0", "takes one value; set TSP__TRACKER__PORT")]
    public void A_single_value_for_a_list_and_a_list_for_a_single_value_are_errors(string variable, string expected)
    {
        _bench.Environment[variable] = "x";
        Assert.EndsWith(expected, Assert.Single(_bench.Load().Problems).ToString());
    }

    [Theory]
    [InlineData("TSP__TRACKER__NAME", "tsp__tracker__name")]
    [InlineData("TSP__TRACKER__WORDS", "TSP__TRACKER__WORDS__0")]
    [InlineData("TSP__TRACKER__WORDS__1", "TSP__TRACKER__WORDS__01")]
    public void Two_variables_for_one_setting_are_an_error_that_names_both(string first, string second)
    {
        _bench.Environment[first] = "x";
        _bench.Environment[second] = "y";
        string problem = Assert.Single(_bench.Load().Problems).ToString();
        Assert.Contains(first, problem);
        Assert.Contains(second, problem);
    }

    [Fact]
    public void A_key_can_be_turned_into_its_variable_name() =>
        Assert.Equal("TSP__TRACKER__CLUSTER__SEED_NODES", EnvironmentNames.For("tsp.tracker.cluster.seed-nodes"));
}
