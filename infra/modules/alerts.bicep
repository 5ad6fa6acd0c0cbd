@description('What names are made of.')
param name string

param location string

@description('Where metrics of the marketplace arrive.')
param workspaceId string

@description('The Service Bus namespace.')
param serviceBusId string

@description('Who is written to.')
param email string

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-operators'
  location: 'global'
  properties: {
    groupShortName: 'operators'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

type rule = {
  @description('Last part of the alert\'s name.')
  key: string
  description: string

  @description('0 critical to 4 verbose.')
  severity: 0 | 1 | 2 | 3 | 4

  @description('Gives rows with a column Value, and Who where it is told apart.')
  query: string

  @description('More than this is an alert.')
  threshold: int

  @description('How long is looked back, and how often.')
  window: 'PT5M' | 'PT15M' | 'PT1H' | 'P1D'
  every: 'PT5M' | 'PT15M' | 'PT1H'

  @description('Name of the column that tells rows apart, if any.')
  by: string?
}

@description('Names of metrics are those of the code: a test compares them.')
var rules rule[] = [
  {
    key: 'reconciliation-differences'
    description: 'Usage, ledger and Stripe do not agree: read the report and resolve what it suggests.'
    severity: 1
    query: 'AppMetrics | where Name == "marketplace.reconciliation.differences" | summarize Value = sum(Sum)'
    threshold: 0
    window: 'P1D'
    every: 'PT1H'
    by: null
  }
  {
    key: 'unverified-listings'
    description: 'Listings wait for a proof that did not come in time: workers are down, or providers do not run them.'
    severity: 2
    query: 'AppMetrics | where Name == "marketplace.verifications" | where Properties["marketplace.outcome"] == "NotCompleted" | summarize Value = sum(Sum)'
    threshold: 5
    window: 'PT1H'
    every: 'PT15M'
    by: null
  }
  {
    key: 'session-age'
    description: 'Messages wait longer than five minutes for their turn: a session is stuck or the app does not keep up.'
    severity: 1
    query: 'AppMetrics | where Name == "marketplace.session.age" | summarize Value = max(Max) by Who = tostring(Properties["messaging.destination.name"])'
    threshold: 300
    window: 'PT15M'
    every: 'PT5M'
    by: 'Who'
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for item in rules: {
    name: '${name}-${item.key}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: item.key
      description: item.description
      severity: item.severity
      enabled: true
      scopes: [
        workspaceId
      ]
      evaluationFrequency: item.every
      windowSize: item.window
      autoMitigate: true
      // The table of metrics is there only after the first one.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: item.query
            metricMeasureColumn: 'Value'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: item.threshold
            dimensions: item.?by == null
              ? []
              : [
                  {
                    name: item.by!
                    operator: 'Include'
                    values: [
                      '*'
                    ]
                  }
                ]
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          operators.id
        ]
      }
    }
  }
]

type measure = {
  @description('Last part of the alert\'s name.')
  key: string
  description: string
  severity: 0 | 1 | 2 | 3 | 4
  metric: string
  aggregation: 'Minimum' | 'Maximum'

  @description('More than this for fifteen minutes is an alert, in any queue.')
  threshold: int
}

@description('What the queues say of themselves. A message lies in a queue\'s own dead letters until its letter is resubmitted.')
var measures measure[] = [
  {
    key: 'dead-letters'
    description: 'A message could not be handled: list, read and resubmit it (the marketplace\'s API, /v1/dead-letters).'
    severity: 1
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    threshold: 0
  }
  {
    key: 'backlog'
    description: 'More than a thousand messages wait in a queue and do not become fewer: the app is down or does not keep up.'
    severity: 1
    metric: 'ActiveMessages'
    aggregation: 'Minimum'
    threshold: 1000
  }
]

resource busAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for item in measures: {
    name: '${name}-${item.key}'
    location: 'global'
    properties: {
      description: item.description
      severity: item.severity
      enabled: true
      scopes: [
        serviceBusId
      ]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: item.key
            metricName: item.metric
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            timeAggregation: item.aggregation
            operator: 'GreaterThan'
            threshold: item.threshold
            dimensions: [
              {
                name: 'EntityName'
                operator: 'Include'
                values: [
                  '*'
                ]
              }
            ]
          }
        ]
      }
      actions: [
        {
          actionGroupId: operators.id
        }
      ]
    }
  }
]
