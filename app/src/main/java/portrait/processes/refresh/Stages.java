package portrait.processes.refresh;

import portrait.foundation.database.Database;
import portrait.foundation.warehouse.Warehouse;
import portrait.processes.live.Live;
import portrait.stages.accounts.Accounts;
import portrait.stages.activities.Activities;
import portrait.stages.enrichments.Enrichments;
import portrait.stages.events.Events;
import portrait.stages.exports.Exports;
import portrait.stages.identity.IdentityGraph;
import portrait.stages.measures.Measures;
import portrait.stages.profiles.Profiles;
import portrait.stages.segments.Segments;
import portrait.stages.sources.Sources;
import portrait.stages.unification.LiveMatching;
import portrait.stages.unification.Unification;

/// What a refresh goes through, in the order of the data, and the two stores.
public record Stages(Sources sources, Events events, IdentityGraph identities, Unification unification,
    LiveMatching matching, Profiles profiles, Accounts accounts, Activities activities, Measures measures,
    Segments segments, Enrichments enrichments, Exports exports, Live live,
    Database database,
    Warehouse warehouse) {}
