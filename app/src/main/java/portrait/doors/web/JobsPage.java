package portrait.doors.web;

import java.util.List;
import portrait.foundation.jobs.Job;

/// What ran and what runs.
public record JobsPage(List<Job> jobs, boolean isRefreshing) {}
