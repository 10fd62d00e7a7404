using System.Diagnostics;
using TspActors.Protocol;
using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Tests.Monitoring;

public sealed class RequestTallySpecs
{
    private readonly TrackerCounts _counts = new();

    [Fact]
    public void Requests_are_counted_by_operation_at_the_end_of_a_turn()
    {
        var tally = new RequestTally(_counts);
        for (var i = 0; i < 5; i++)
            tally.Count(Operation.Info, 0);
        tally.Count(Operation.List, 0);
        tally.Count((Operation)99, 0);
        Assert.All(_counts.Requests, request => Assert.Equal(0, request.Value));

        tally.AddUp();
        tally.AddUp();

        Assert.Equal(
            new Dictionary<string, long> { ["info"] = 5, ["list"] = 1, ["other"] = 1 },
            _counts.Requests.Where(request => request.Value > 0).ToDictionary());
    }

    [Fact]
    public void The_first_request_of_each_turn_is_timed()
    {
        var timed = new List<(string Operation, TimeSpan Time)>();
        _counts.Timed = (operation, time) => timed.Add((TrackerCounts.NameOf(operation), time));
        var tally = new RequestTally(_counts);
        var begun = Stopwatch.GetTimestamp();

        tally.Count(Operation.Play, begun);
        tally.Count(Operation.Info, begun);
        tally.AddUp();
        tally.Count(Operation.List, begun);
        tally.AddUp();

        Assert.Equal(["play", "list"], timed.Select(one => one.Operation));
        Assert.All(timed, one => Assert.True(one.Time > TimeSpan.Zero));
    }

    [Fact]
    public void A_request_that_another_actor_answers_is_timed_until_its_reply()
    {
        var timed = new List<string>();
        _counts.Timed = (operation, _) => timed.Add(TrackerCounts.NameOf(operation));
        var tally = new RequestTally(_counts);

        tally.AwaitSearch();
        tally.AddUp();
        Assert.Empty(timed);
        tally.Answered();
        tally.Answered();
        Assert.Equal(["search"], timed);

        tally.Count(Operation.List, 0);
        tally.Await(Operation.Share);
        tally.AddUp();
        tally.Answered();
        Assert.Equal(["search", "list", "share"], timed);
        Assert.Equal(
            new Dictionary<string, long> { ["search"] = 1, ["list"] = 1, ["share"] = 1 },
            _counts.Requests.Where(request => request.Value > 0).ToDictionary());
    }

    [Fact]
    public void A_tracker_is_ready_once_nothing_is_missing()
    {
        var readiness = new TrackerTelemetry().Readiness;
        readiness.Await("cluster", "the cluster is not up yet");
        readiness.Await("cluster", "waiting for 2 of 3 trackers");
        readiness.Has(TrackerTelemetry.Port);
        Assert.False(readiness.IsReady);
        Assert.Equal(["waiting for 2 of 3 trackers"], readiness.Missing);

        readiness.Has("cluster");

        Assert.True(readiness.IsReady);
    }
}
